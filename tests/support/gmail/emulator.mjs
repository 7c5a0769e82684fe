// Gmail API on loopback: @emulators/google's store and routes, behind a front that adds what it lacks.
//   node gmail_rig.mjs --port 18080 --users alice@example.test,bob@example.test 
// Start it through tests/support/gmail. Requests with the header x-outside (the user's other mail program) are not logged.
// Control (never in the log):   GET|DELETE /_rig/log     POST|DELETE /_rig/faults     POST /_rig/token
//   a fault: {match: regex over "METHOD path", times: 1 (-1: always), skip: 0, status | drop: "reset"|"cut"|"hang", after: true (the
//   request is carried out, its answer lost), reason, retryAfter, delayMs, body}     POST /_rig/expire   POST /_rig/revoke   POST /_rig/history_floor   POST /_rig/messages   GET /_rig/state
import { createServer as httpServer } from "node:http";
import { parseArgs } from "node:util";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createServer } from "@emulators/core";
import { googlePlugin, getGoogleStore, seedFromConfig } from "@emulators/google";

const { values: opt } = parseArgs({ options: {
  port: { type: "string", default: "18080" }, users: { type: "string", default: "alice@example.test" },
  client: { type: "string", default: "rig-client:rig-secret" }, bare: { type: "boolean", default: false } } });
const port = Number(opt.port), base = `http://127.0.0.1:${port}`;
const { app, store, tokenMap } = createServer(googlePlugin, { port, baseUrl: base });
const gs = getGoogleStore(store);
const [client_id, client_secret] = opt.client.split(":");
seedFromConfig(store, base, { users: opt.users.split(",").map((email) => ({ email })),
  oauth_clients: [{ client_id, client_secret, name: "rig", redirect_uris: ["http://127.0.0.1", "http://localhost"] }] });

let calls = 0, log = [], faults = [], floor = 0n, tokenTtl = null;
const expires = new Map(); // access token -> ms at which it stops working
// the emulator's history ids (ms * 1e8) do not fit 64 bits; outside they are counted from the rig's start
const H0 = (BigInt(Date.now()) - 1000n) * 100000000n, outH = (h) => String(BigInt(h) - H0);
const walk = (o) => { if (o && typeof o === "object") for (const [k, v] of Object.entries(o)) { if (k === "historyId" && /^\d+$/.test(v)) o[k] = outH(v); else walk(v); } return o; };
const gerr = (code, message, reason, status) =>
  [code, { error: { code, message, errors: [{ message, domain: "global", reason }], status } }];
const json = (code, body, headers = {}) => ({ status: code, headers: { "content-type": "application/json; charset=UTF-8", ...headers },
  body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)) });
const uid = (n = 8) => randomBytes(n).toString("hex");
const refreshTokens = () => { let m = store.getData("google.oauth.refreshTokens"); if (!m) store.setData("google.oauth.refreshTokens", (m = new Map())); return m; };
const nextHistory = () => String(BigInt(history(null)) + 1n);
function history(email) {
  let max = H0;
  for (const e of email ? gs.history.findBy("user_email", email) : gs.history.all()) { const v = BigInt(e.gmail_id); if (v > max) max = v; }
  return String(max);
}
const S = "https://www.googleapis.com/auth/gmail.", FULL = "https://mail.google.com/";
function allowed(scopes, method, path) { // the emulator looks at no scope at all
  if (!scopes.length) return true;
  const need = method === "GET" ? ["readonly", "modify", "metadata", ...(/\/drafts/.test(path) ? ["compose"] : []), ...(/\/labels/.test(path) ? ["labels"] : []), ...(/\/profile/.test(path) ? ["compose"] : [])]
    : /\/(messages|drafts)\/send$/.test(path) ? ["send", "compose", "modify"] : /\/drafts/.test(path) ? ["compose", "modify"]
    : /\/messages(\/import)?$/.test(path) ? ["insert", "modify"] : ["modify"];
  return scopes.includes(FULL) || need.some((n) => scopes.includes(S + n));
}
function realHeaders(raw, only) { // the emulator knows ten header names; Gmail gives all of the message's
  const text = Buffer.from(raw, "base64url").toString("utf8").replace(/\r\n/g, "\n");
  const head = text.slice(0, (text + "\n\n").indexOf("\n\n")).replace(/\n[ \t]+/g, " ");
  const all = head.split("\n").map((l) => [l.indexOf(":"), l]).filter(([i]) => i > 0).map(([i, l]) => ({ name: l.slice(0, i), value: l.slice(i + 1).trim() }));
  const want = only.map((h) => h.toLowerCase());
  return want.length ? all.filter((h) => want.includes(h.name.toLowerCase())) : all;
}
function patch(method, url, body) { // make the emulator's answer look like Gmail's
  for (const k of ["messages", "threads", "drafts", "history"]) if (Array.isArray(body[k]) && !body[k].length) delete body[k]; // Gmail omits empty lists
  const format = url.searchParams.get("format") ?? "full", only = format === "metadata" ? url.searchParams.getAll("metadataHeaders") : [];
  for (const m of [body, body.message, ...(Array.isArray(body.messages) ? body.messages : [])]) {
    const rec = m?.payload && gs.messages.findOneBy("gmail_id", m.id);
    if (rec?.raw) m.payload.headers = realHeaders(rec.raw, only);
  }
  const put = method === "PUT" && url.pathname.match(/\/drafts\/([^/]+)$/);
  if (put && body.message) { // Gmail gives an updated draft a new message id and says so in the history
    const old = gs.messages.findOneBy("gmail_id", body.message.id), id = uid(), draft = gs.drafts.findOneBy("gmail_id", put[1]);
    for (const a of gs.attachments.findBy("message_gmail_id", old.gmail_id)) gs.attachments.update(a.id, { message_gmail_id: id });
    const h = nextHistory();
    for (const [change_type, g] of [["messageDeleted", old.gmail_id], ["messageAdded", id]])
      gs.history.insert({ gmail_id: h, user_email: old.user_email, change_type, message_gmail_id: g, thread_id: old.thread_id, label_ids: old.label_ids });
    gs.messages.update(old.id, { gmail_id: id, history_id: h });
    gs.drafts.update(draft.id, { message_gmail_id: id });
    body.message.id = id; body.message.historyId = h;
  }
  for (const h of body.history ?? []) h.id = outH(h.id);
  return walk(body);
}

// -- q=: the emulator has no OR, {}, negation, newer_than, filename, in:anywhere, and its rfc822msgid: never matches --
const decodeWords = (t) => (t ?? "").replace(/\?=\s+=\?/g, "?==?").replace(/=\?[\w-]+\?([QqBb])\?([^?]*)\?=/g, (_, e, v) => e.toUpperCase() === "B" ? Buffer.from(v, "base64").toString("utf8")
  : Buffer.from(v.replace(/_/g, " ").replace(/=([0-9A-Fa-f]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16))), "latin1").toString("utf8"));
const words = (t) => ` ${(t ?? "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean).join(" ")} `; // whole words, as Gmail
const has = (text, v) => words(text).includes(words(v));
const qDate = (v) => /^\d{6,}$/.test(v) ? Number(v) * 1000 : Date.parse(v.replace(/^(\d{4})[/-](\d+)[/-](\d+)$/, (_, y, m, d) => `${y}-${m.padStart(2, 0)}-${d.padStart(2, 0)}T00:00:00-08:00`)); // a bare date is midnight PST
const ago = (v) => Date.now() - Number(v.slice(0, -1)) * { d: 864e5, m: 30 * 864e5, y: 365 * 864e5, h: 36e5 }[v.slice(-1)];
function leaf(field, v) {
  const low = v.toLowerCase(), label = (m) => m.label_ids.some((l) => l.toLowerCase() === low || gs.labels.findOneBy("gmail_id", l)?.name.toLowerCase().replace(/[\s/]/g, "-") === low);
  switch (field) {
    case "subject": return (m) => has(decodeWords(m.subject), v);
    case "from": case "to": case "cc": case "bcc": return (m) => has(decodeWords(m[field]), v);
    case "rfc822msgid": return (m) => m.message_id.replace(/[<>]/g, "") === v.replace(/[<>]/g, "");
    case "in": return low === "anywhere" ? () => true : label;
    case "is": return low === "read" ? (m) => !m.label_ids.includes("UNREAD") : label;
    case "label": return label;
    case "category": return (m) => m.label_ids.includes("CATEGORY_" + (low === "primary" ? "PERSONAL" : v.toUpperCase()));
    case "has": return (m) => low !== "attachment" || gs.attachments.findBy("message_gmail_id", m.gmail_id).length > 0;
    case "filename": return (m) => gs.attachments.findBy("message_gmail_id", m.gmail_id).some((a) => a.filename.toLowerCase() === low || a.filename.toLowerCase().endsWith("." + low));
    case "newer_than": return (m) => Number(m.internal_date) > ago(v);
    case "older_than": return (m) => Number(m.internal_date) < ago(v);
    case "after": case "newer": return (m) => Number(m.internal_date) >= qDate(v);
    case "before": case "older": return (m) => Number(m.internal_date) < qDate(v);
    case "list": return (m) => has(realHeaders(m.raw, ["list-id"]).map((h) => h.value).join(" "), v);
    default: return (m) => [decodeWords(m.subject), decodeWords(m.from), decodeWords(m.to), m.cc, m.body_text, (m.body_html ?? "").replace(/<[^>]*>/g, " ")].some((t) => t && has(t, v));
  }
}
function parseQ(q) {
  const toks = q.match(/-(?=\S)|[a-z0-9_]+:(?=\S)|"[^"]*"|[(){}|]|[^\s(){}"|]+/gi) ?? [];
  let i = 0;
  const seq = (end, field, any) => {
    const parts = []; let or = false;
    while (i < toks.length && toks[i] !== end) {
      if (/^(OR|\|)$/.test(toks[i])) { or = true; i++; continue; }
      if (toks[i] === "AND") { i++; continue; }
      const p = term(field);
      if (or && parts.length) { const l = parts.pop(); parts.push((m) => l(m) || p(m)); } else parts.push(p);
      or = false;
    }
    i++;
    return any ? (m) => parts.some((p) => p(m)) : (m) => parts.every((p) => p(m));
  };
  const term = (field) => {
    const t = toks[i++];
    if (t === "-") { const p = term(field); return (m) => !p(m); }
    if (/^[a-z0-9_]+:$/i.test(t) && i < toks.length) return term(t.slice(0, -1).toLowerCase());
    if (t === "(") return seq(")", field, false);
    if (t === "{") return seq("}", field, true);
    return leaf(field, t?.replace(/^"|"$/g, "") ?? "");
  };
  return seq(undefined, null, false);
}
function search(url, email, kind) {
  const g = (k) => url.searchParams.get(k), q = g("q"), labels = url.searchParams.getAll("labelIds"), p = parseQ(q);
  const hidden = g("includeSpamTrash") === "true" || /\bin:(anywhere|spam|trash)\b/i.test(q) ? [] : ["SPAM", "TRASH"];
  let hits = gs.messages.findBy("user_email", email).filter((m) => !m.label_ids.some((l) => hidden.includes(l)) && labels.every((l) => m.label_ids.includes(l)) && p(m))
    .sort((a, b) => Number(b.internal_date) - Number(a.internal_date) || b.id - a.id);
  if (kind === "threads") hits = [...new Map(hits.map((m) => [m.thread_id, m]).reverse()).values()].reverse();
  const from = Number(g("pageToken") ?? 0), n = Math.min(Number(g("maxResults") ?? 100), 500), page = hits.slice(from, from + n);
  return { ...(page.length ? { [kind]: page.map((m) => kind === "threads" ? { id: m.thread_id, snippet: m.snippet, historyId: outH(m.history_id) } : { id: m.gmail_id, threadId: m.thread_id }) } : {}),
    ...(from + n < hits.length ? { nextPageToken: String(from + n) } : {}), resultSizeEstimate: hits.length };
}

async function api(method, target, headers, bodyBuf, batched = false) {
  let url = new URL(target, base);
  if (url.pathname === "/token") url.pathname = "/oauth2/token";
  const token = (headers.authorization ?? "").replace(/^Bearer\s+/i, ""), path = url.pathname;
  const entry = { t: Date.now(), method, path, query: Object.fromEntries(url.searchParams), batched, user: tokenMap.get(token)?.login ?? null, status: 0 };
  if (!headers["x-outside"]) log.push(entry);
  const done = (r) => { entry.status = r.status; return r; };
  const f = faults.find((x) => x.times !== 0 && new RegExp(x.match).test(`${method} ${path}`) && (x.skip ? (x.skip--, false) : true));
  if (f) {
    if (f.times > 0) f.times--;
    entry.fault = f.status ?? f.drop ?? "delay";
    if (f.delayMs) await new Promise((r) => setTimeout(r, f.delayMs));
    if (f.drop && !f.after) return done({ status: 0, drop: f.drop });
    if (f.status) {
      const reason = f.reason ?? { 401: "authError", 403: "rateLimitExceeded", 429: "rateLimitExceeded" }[f.status] ?? "backendError";
      const body = f.body ?? gerr(f.status, f.message ?? "injected", reason, { 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE" }[f.status] ?? "INTERNAL")[1];
      return done(json(f.status, body, f.retryAfter != null ? { "retry-after": String(f.retryAfter) } : {}));
    }
  }
  if (expires.has(token) && Date.now() >= expires.get(token)) { tokenMap.delete(token); expires.delete(token); }
  const who = tokenMap.get(token), m = path.match(/^(?:\/upload)?\/gmail\/v1\/users\/([^/]+)(\/.*)$/);
  if (m && !who && m[2] === "/profile") return done(json(...gerr(401, "Request had invalid authentication credentials.", "authError", "UNAUTHENTICATED")));
  if (!opt.bare && m && who) {
    if (!allowed(who.scopes ?? [], method, path)) return done(json(...gerr(403, "Request had insufficient authentication scopes.", "insufficientPermissions", "PERMISSION_DENIED")));
    if (m[2] === "/profile" && ["me", who.login].includes(decodeURIComponent(m[1]))) {
      const mine = gs.messages.findBy("user_email", who.login);
      return done(json(200, { emailAddress: who.login, messagesTotal: mine.length, threadsTotal: new Set(mine.map((x) => x.thread_id)).size, historyId: outH(history(who.login)) }));
    }
    if (method === "GET" && /^\/(messages|threads)$/.test(m[2]) && url.searchParams.get("q")) return done(json(200, search(url, who.login, m[2].slice(1))));
    if (m[2] === "/history" && floor && /^\d+$/.test(url.searchParams.get("startHistoryId") ?? "") && BigInt(url.searchParams.get("startHistoryId")) < floor)
      return done(json(...gerr(404, "Requested entity was not found.", "notFound", "NOT_FOUND")));
    const since = url.searchParams.get("startHistoryId");
    if (/^\d+$/.test(since ?? "")) url.searchParams.set("startHistoryId", String(BigInt(since) + H0));
  }
  const init = { method, headers: { ...headers } };
  for (const h of ["host", "connection", "transfer-encoding", "content-length", "expect"]) delete init.headers[h];
  if (!["GET", "HEAD"].includes(method) && bodyBuf.length) init.body = bodyBuf;
  if (!opt.bare && m && who) { // the emulator allows a token 5000 calls an hour, then answers 403 as no Google does
    const alias = `rig${Math.floor(calls++ / 4000)}-${token}`;
    tokenMap.set(alias, who);
    init.headers.authorization = `Bearer ${alias}`;
  }
  const res = await app.fetch(new Request(url, init));
  const out = { status: res.status, headers: Object.fromEntries(res.headers), body: Buffer.from(await res.arrayBuffer()) };
  if (!opt.bare && res.status === 200 && m && out.body.length) out.body = Buffer.from(JSON.stringify(patch(method, url, JSON.parse(out.body))));
  if (tokenTtl && path === "/oauth2/token" && res.status === 200) {
    const b = JSON.parse(out.body); expires.set(b.access_token, Date.now() + tokenTtl * 1000); b.expires_in = tokenTtl; out.body = Buffer.from(JSON.stringify(b));
  }
  delete out.headers["content-length"];
  done(out);
  return f?.drop ? { ...out, drop: f.drop } : out; // after: done, but the client never hears of it
}

async function batch(headers, buf) { // multipart/mixed of application/http parts, at most 100
  const b = headers["content-type"].match(/boundary="?([^";]+)/)[1], parts = buf.toString("utf8").split(`--${b}`).slice(1, -1), out = [];
  log.push({ t: Date.now(), method: "POST", path: "/batch", parts: parts.length, batched: false, status: parts.length > 100 ? 400 : 200, query: {} });
  if (parts.length > 100) return json(...gerr(400, "The batch request has too many parts (limit 100).", "badRequest", "INVALID_ARGUMENT"));
  for (const p of parts) {
    const t = p.replace(/\r\n/g, "\n").replace(/^\n/, ""), [outer, rest] = [t.slice(0, t.indexOf("\n\n")), t.slice(t.indexOf("\n\n") + 2)];
    const id = outer.match(/^content-id:\s*<?([^>\n]*)>?/im)?.[1] ?? "", cut = (rest + "\n\n").indexOf("\n\n");
    const [line, ...hs] = rest.slice(0, cut).split("\n"), [meth, target] = line.split(" ");
    const h = Object.fromEntries(hs.filter(Boolean).map((x) => [x.slice(0, x.indexOf(":")).toLowerCase(), x.slice(x.indexOf(":") + 1).trim()]));
    if (!h.authorization && headers.authorization) h.authorization = headers.authorization;
    const r = await api(meth, target, h, Buffer.from(rest.slice(cut + 2).replace(/\n$/, "")), true);
    out.push(`--rig\r\nContent-Type: application/http\r\nContent-ID: <response-${id}>\r\n\r\nHTTP/1.1 ${r.status || 500} X\r\nContent-Type: application/json; charset=UTF-8\r\n${r.headers?.["retry-after"] ? `Retry-After: ${r.headers["retry-after"]}\r\n` : ""}Content-Length: ${r.body?.length ?? 0}\r\n\r\n${r.body ?? ""}\r\n`);
  }
  return { status: 200, headers: { "content-type": "multipart/mixed; boundary=rig" }, body: Buffer.from(out.join("") + "--rig--\r\n") };
}

function control(method, path, b) {
  if (path === "/_rig/log") { if (method === "DELETE") log = []; return log; }
  if (path === "/_rig/faults") { if (method === "DELETE") faults = []; else if (method === "POST") faults.push({ times: 1, ...b }); return faults; }
  if (path === "/_rig/history_floor") { floor = BigInt(b.id ?? 0); return { floor: String(floor) }; }
  if (path === "/_rig/expire") { for (const t of b.token ? [b.token] : [...tokenMap.keys()]) tokenMap.delete(t); return {}; }
  if (path === "/_rig/revoke") { refreshTokens().clear(); tokenMap.clear(); return {}; }
  if (path === "/_rig/token") { // ttl: seconds every token issued from now on lives (null: for ever)
    if ("ttl" in b) tokenTtl = b.ttl;
    const user = gs.users.findOneBy("email", b.email ?? opt.users.split(",")[0]), scope = b.scope ?? FULL, token = "ya29." + uid(20), refresh_token = "1//" + uid(20);
    tokenMap.set(token, { login: user.email, id: user.id, scopes: scope.split(" ") });
    if (tokenTtl) expires.set(token, Date.now() + tokenTtl * 1000);
    refreshTokens().set(refresh_token, { email: user.email, scope, clientId: client_id });
    return { token, refresh_token, token_uri: `${base}/token`, client_id, client_secret, scopes: scope.split(" "), expires_in: tokenTtl ?? 3600 };
  }
  if (path === "/_rig/messages") { // [{email, raw (base64url), internalDate (ms, string), labelIds, threadId, id}] -> ids
    const ids = [];
    for (const x of b.messages) {
      const id = x.id ?? uid();
      if (gs.messages.findOneBy("gmail_id", id)) continue;
      const own = realHeaders(x.raw, ["message-id"])[0]?.value;
      const refs = realHeaders(x.raw, ["in-reply-to", "references"]).flatMap((v) => v.value.match(/<[^>]+>/g) ?? []);
      // the thread of the message this one answers, as on delivery; unknown references: the emulator searches
      const thread_id = x.threadId ?? refs.map((r) => threads.get(r)).find(Boolean) ?? (refs.length ? undefined : id);
      if (own && thread_id) threads.set(own, thread_id);
      seedFromConfig(store, base, { messages: [{ id, thread_id, user_email: x.email ?? opt.users.split(",")[0], raw: x.raw,
        internal_date: x.internalDate, label_ids: x.labelIds ?? ["INBOX", "UNREAD"] }] });
      ids.push(id);
    }
    return { ids };
  }
  if (path === "/_rig/state") return { users: opt.users.split(","), messages: gs.messages.all().length, drafts: gs.drafts.all().length, history: opt.bare ? history(null) : outH(history(null)), rss: process.memoryUsage().rss };
  return null;
}
const threads = new Map(); // Message-ID -> thread id

httpServer(async (req, res) => {
  const chunks = []; for await (const c of req) chunks.push(c);
  const buf = Buffer.concat(chunks), path = new URL(req.url, base).pathname;
  let r;
  try {
    if (path.startsWith("/_rig/")) { const o = control(req.method, path, buf.length ? JSON.parse(buf) : {}); r = json(o ? 200 : 404, o ?? {}); }
    else if (!opt.bare && path.startsWith("/batch") && req.method === "POST") r = await batch(req.headers, buf);
    else r = await api(req.method, req.url, req.headers, buf);
  } catch (e) { r = json(500, { rig: String(e?.stack ?? e) }); }
  if (r.drop === "reset") return req.socket.resetAndDestroy();
  if (r.drop === "hang") return;
  if (r.drop) { res.writeHead(200, { "content-length": "1000" }); res.write("{"); return setTimeout(() => req.socket.destroy(), 50); }
  if (/gzip/.test(req.headers["accept-encoding"] ?? "") && r.body?.length) { // as Google does for whoever takes it
    const packed = gzipSync(r.body);
    res.writeHead(r.status, { ...r.headers, "content-encoding": "gzip", "content-length": String(packed.length) });
    return res.end(packed);
  }
  res.writeHead(r.status, r.headers); res.end(r.body);
}).listen(port, "127.0.0.1", () => console.log("LISTENING " + base));
process.on("SIGTERM", () => process.exit(0));
