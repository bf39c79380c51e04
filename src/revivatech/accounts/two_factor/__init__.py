"""Second factors: an authenticator app's codes, recovery codes and passkeys, and the sign-ins that wait for one."""
