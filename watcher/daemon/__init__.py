"""`watcher run`: the same pass, forever, told by mail, by the clock and by signals.

Read `service` first, then `engine`: a thread and a connection for each account (`worker`), one thread that judges
(`engine`), ticks that only ring (`ticks`), and a main thread that never waits for anything but its bell.
"""
