"""What a link in a colleague's mail opens: joining by an invitation, and a forgotten password set anew."""
