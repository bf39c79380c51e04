// The client that the specification shows, run against the real program: its `CustomerAuth` class and the connection
// code of its `useCustomerSocket` hook. This is our own minimal transcription to JavaScript: the types are gone, the
// browser's storage is a Map, the helpers that the specification calls without showing them (setTokens, isTokenExpired
// and their like) are added, and React's hook is a plain function. URLs, bodies, headers, options and event names are
// the specification's, untouched.
//
//   node spec_client.mjs BASE_URL EMAIL PASSWORD REPAIR_ID
//
// Prints what happens as one JSON value a line.
import { createRequire } from "node:module";

const { io } = createRequire(new URL("../../assets/package.json", import.meta.url))("socket.io-client");
const [BASE, EMAIL, PASSWORD, REPAIR] = process.argv.slice(2);
process.env.NEXT_PUBLIC_WS_URL = BASE;

const say = (what, data = null) => process.stdout.write(`${JSON.stringify({ what, data })}\n`);

// A browser resolves "/api/…" against its page.
const fetchAbsolute = globalThis.fetch;
globalThis.fetch = (path, options) => fetchAbsolute(new URL(path, BASE), options);

const storage = new Map();

// ---------------------------------------------------------------- lib/auth/customer-auth.ts

class CustomerAuth {
  static ACCESS_TOKEN_KEY = "customer_access_token";
  static REFRESH_TOKEN_KEY = "customer_refresh_token";

  static async authenticate(email, password) {
    try {
      const response = await fetch("/api/customer/auth/login", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ email, password }),
      });

      const data = await response.json();

      if (response.ok) {
        this.setTokens(data.accessToken, data.refreshToken);
        return { success: true, user: data.user };
      }

      return { success: false, error: data.message };
    } catch (error) {
      return { success: false, error: "Authentication failed" };
    }
  }

  static async refreshToken() {
    const refreshToken = this.getRefreshToken();
    if (!refreshToken) return null;

    try {
      const response = await fetch("/api/customer/auth/refresh", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ refreshToken }),
      });

      if (response.ok) {
        const { accessToken, refreshToken: newRefreshToken } = await response.json();
        this.setTokens(accessToken, newRefreshToken);
        return accessToken;
      }
    } catch (error) {
      console.error("Token refresh failed:", error);
    }

    this.clearTokens();
    return null;
  }

  static async getCurrentUser() {
    const token = this.getAccessToken();
    if (!token || this.isTokenExpired(token)) {
      const newToken = await this.refreshToken();
      if (!newToken) return null;
    }

    try {
      const response = await fetch("/api/customer/profile", {
        headers: { Authorization: `Bearer ${this.getAccessToken()}` },
      });

      if (response.ok) {
        return await response.json();
      }
    } catch (error) {
      console.error("Failed to get current user:", error);
    }

    return null;
  }

  // Called by the specification, not shown in it.
  static setTokens(accessToken, refreshToken) {
    storage.set(this.ACCESS_TOKEN_KEY, accessToken);
    storage.set(this.REFRESH_TOKEN_KEY, refreshToken);
  }

  static clearTokens() {
    storage.delete(this.ACCESS_TOKEN_KEY);
    storage.delete(this.REFRESH_TOKEN_KEY);
  }

  static getAccessToken() {
    return storage.get(this.ACCESS_TOKEN_KEY) ?? null;
  }

  static getRefreshToken() {
    return storage.get(this.REFRESH_TOKEN_KEY) ?? null;
  }

  static isTokenExpired(token) {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).exp * 1000 <= Date.now();
  }
}

// ---------------------------------------------------------------- hooks/useCustomerSocket.ts

const useCustomerSocket = (user, getAccessToken, toast) => {
  const token = getAccessToken();

  const newSocket = io(process.env.NEXT_PUBLIC_WS_URL, {
    path: "/customer/socket.io",
    auth: { token },
    autoConnect: true,
    reconnection: true,
    reconnectionAttempts: 5,
    reconnectionDelay: 1000,
  });

  newSocket.on("connect", () => {
    say("connected");
  });

  newSocket.on("disconnect", () => {
    say("disconnected");
  });

  newSocket.on("connect_error", (error) => {
    say("connect_error", String(error));
  });

  newSocket.on("repair:status_update", (data) => {
    toast({
      title: "Repair Update",
      description: `Your repair status has been updated to: ${data.status}`,
      variant: "default",
    });
  });

  newSocket.on("notification:new", (notification) => {
    toast({
      title: notification.title,
      description: notification.message,
      variant: notification.priority === "high" ? "destructive" : "default",
    });
  });

  newSocket.on("chat:message", (message) => {
    if (message.senderId !== user.id) {
      toast({
        title: "New Message",
        description: `${message.senderName}: ${message.content}`,
        variant: "default",
      });
    }
  });

  const subscribeToRepair = (repairId) => {
    newSocket?.emit("subscribe:repair", repairId);
  };

  const unsubscribeFromRepair = (repairId) => {
    newSocket?.emit("unsubscribe:repair", repairId);
  };

  return { socket: newSocket, subscribeToRepair, unsubscribeFromRepair };
};

// ---------------------------------------------------------------- a day of that client

say("refused", await CustomerAuth.authenticate(EMAIL, "not the password of anybody"));
say("signed in", await CustomerAuth.authenticate(EMAIL, PASSWORD));
say("profile", await CustomerAuth.getCurrentUser());

// A token whose end has come: the class refreshes before it asks.
const [head, claims, signature] = CustomerAuth.getAccessToken().split(".");
const past = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, "base64url")), exp: 1 })).toString("base64url");
const refreshToken = CustomerAuth.getRefreshToken();
storage.set(CustomerAuth.ACCESS_TOKEN_KEY, [head, past, signature].join("."));
say("profile after the end", await CustomerAuth.getCurrentUser());
say("rotated", CustomerAuth.getRefreshToken() !== refreshToken);

const user = await CustomerAuth.getCurrentUser();
const { socket, subscribeToRepair } = useCustomerSocket(user, () => CustomerAuth.getAccessToken(), (toast) => say("toast", toast));
say("first transport", socket.io.engine.transport.name);
socket.io.engine.on("upgrade", (transport) => say("upgraded", transport.name));
socket.on("connect", () => {
  subscribeToRepair(REPAIR);
  // The specification ignores the answer; we wait for it before anything is changed.
  socket.emit("subscribe:repair", REPAIR, (answer) => say("subscribed", answer));
});
process.stdin.on("end", () => socket.disconnect()).resume();
