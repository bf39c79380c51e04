"""HTTP: the edge that every request passes, refusals as answers, pages and their static files."""
