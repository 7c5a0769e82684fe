"""When a follow-up is due: kinds, thresholds and the policy that decides."""
