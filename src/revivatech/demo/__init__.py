"""The demo shop: believable data, and a page that shows the mail which a real shop would send."""
