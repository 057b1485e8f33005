"""移动源联网上报: records of mobile sources to the platform above, with outbox, resend and comparison of days."""
