"""Mail that no person wrote: bounces, receipts, automatic answers."""
