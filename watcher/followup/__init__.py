"""When a follow-up is due: kinds, thresholds and the policy that decides."""

from watcher.followup.policy import decide

__all__ = ["decide"]
