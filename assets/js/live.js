/**
 * One connection a page. It follows the customer's events by Socket.IO; where sockets cannot pass it asks the log every
 * 15 seconds. Pages opt in by attributes (see regions.js); scripts listen to `live:event` on the document.
 */
import { heard, render, setState } from "./connection.js";
import { EventOrder, topicsOf } from "./events.js";
import { announce, fill, goToSignIn, meta } from "./page.js";
import { refresh, refreshAll } from "./regions.js";
import { showToast } from "./toasts.js";

const PATH = "/customer/socket.io";
const POLL_EVERY = 15_000;
const ASK_EVERY = 60_000;
const ANSWER_WITHIN = 10_000;
/** So many refused tries, then polling begins beside the tries that go on. */
const TRIES_BEFORE_POLLING = 2;

/** @type {any} */
let socket = null;
/** @type {EventOrder} */
let order;
let tries = 0;
let polling = 0;
let catchingUp = false;
let ended = false;

export function startLive() {
  if (!meta("live")) return;
  const seq = document.body.dataset.lastSeq;
  order = new EventOrder(seq === undefined || seq === "" ? null : Number(seq), deliver);
  setState("connecting");
  connect();

  document.addEventListener("htmx:after:swap", render);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && checkNow());
  window.addEventListener("pageshow", (event) => event.persisted && checkNow());
  window.addEventListener("online", checkNow);
  window.addEventListener("offline", () => setState("offline"));
  setInterval(() => document.visibilityState === "visible" && checkNow(), ASK_EVERY);
}

async function connect() {
  const { io } = await import("./socket.js");
  socket = io({
    path: PATH,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionAttempts: Infinity,
    reconnectionDelay: 1000,
    reconnectionDelayMax: 30_000,
    randomizationFactor: 0.5,
    // One browser may be signed in as a customer and at the desk: the page says which of the two it is of.
    auth: (/** @type {(data: object) => void} */ answer) =>
      answer({ realm: meta("live"), ...(order.lastSeq !== null && { lastSeq: order.lastSeq }) }),
  });

  let connectedBefore = false;
  socket.on("connect", () => {
    tries = 0;
    stopPolling();
    heard();
    setState("live");
    // The server sends what came after the handshake's lastSeq; a viewer without a log reads everything anew.
    if (order.lastSeq === null && connectedBefore) refreshAll(heard);
    connectedBefore = true;
  });
  socket.on("disconnect", () => {
    if (ended) return;
    setState(navigator.onLine ? "reconnecting" : "offline");
    // When the server closed it, the client does not try again by itself.
    if (!socket.active) setTimeout(() => !ended && socket.connect(), 1000 + Math.random() * 2000);
  });
  socket.on("connect_error", () => {
    tries += 1;
    if (tries >= TRIES_BEFORE_POLLING) startPolling();
    else setState(navigator.onLine ? "reconnecting" : "offline");
    // A refused handshake is not tried again by the client either; back off as it would.
    if (!socket.active) setTimeout(() => !ended && socket.connect(), Math.min(30_000, 1000 * 2 ** tries) * (0.5 + Math.random()));
  });
  socket.on("session:ended", (/** @type {{reason?: string}} */ payload) => {
    ended = true;
    socket.disconnect();
    // This page was only the oldest of many open ones: it asks from time to time instead.
    if (payload?.reason === "too_many_sockets") startPolling();
    else goToSignIn(payload?.reason);
  });
  socket.on("events:resync", (/** @type {{lastSeq?: number}} */ payload) => take({ resync: true, ...payload }));
  socket.onAny((/** @type {string} */ type, /** @type {any} */ payload) => {
    heard();
    if (type === "session:ended" || type === "events:resync") return;
    receive({ seq: payload?.seq ?? null, type, payload: payload ?? {} });
  });
  socket.io.on("ping", heard);
}

/** @param {import("./events.js").LiveEvent} event */
function receive(event) {
  if (!order.receive(event)) catchUp();
}

/** Asks the log for what is missing. A silent server is a lost connection, so it is opened anew. */
function catchUp() {
  if (catchingUp || order.lastSeq === null) return;
  catchingUp = true;
  socket.timeout(ANSWER_WITHIN).emit("events:since", { seq: order.lastSeq }, (/** @type {Error | null} */ error, /** @type {any} */ answer) => {
    catchingUp = false;
    if (error) {
      socket.disconnect().connect();
      return;
    }
    take(answer);
  });
}

/** @param {{events?: any[], resync?: boolean, lastSeq?: number, ok?: boolean}} answer */
function take(answer) {
  // Refused for now ({ok: false}); the next round asks again.
  if (answer?.ok === false) return;
  heard();
  if (answer?.resync) {
    if (typeof answer.lastSeq === "number") order.lastSeq = answer.lastSeq;
    refreshAll(heard);
    return;
  }
  order.catchUp((answer?.events ?? []).map(({ seq, type, payload }) => ({ seq, type, payload: payload ?? {} })));
}

function checkNow() {
  if (socket?.connected) {
    if (order.lastSeq !== null) catchUp();
  } else if (polling) {
    poll();
  } else if (!ended && socket && !socket.active) {
    socket.connect();
  }
}

function startPolling() {
  if (polling) return setState(navigator.onLine ? "polling" : "offline");
  polling = window.setInterval(poll, POLL_EVERY);
  poll();
}

function stopPolling() {
  clearInterval(polling);
  polling = 0;
}

async function poll() {
  if (order.lastSeq === null) {
    refreshAll(() => {
      heard();
      if (polling) setState("polling");
    });
    return;
  }
  try {
    const response = await fetch(`/api/customer/events?after=${order.lastSeq}`, { headers: { Accept: "application/json" } });
    if (response.status === 401) {
      ended = true;
      stopPolling();
      return goToSignIn("expired");
    }
    if (!response.ok) throw new Error(String(response.status));
    take(await response.json());
    if (polling) setState("polling");
  } catch {
    setState(navigator.onLine ? "reconnecting" : "offline");
  }
}

/** @param {import("./events.js").LiveEvent} event */
function deliver({ seq, type, payload }) {
  document.dispatchEvent(new CustomEvent("live:event", { detail: { seq, type, payload } }));
  // Somebody is typing: nothing on the server has changed.
  if (type.endsWith("_typing")) return;
  refresh(topicsOf(type, payload), heard);
  if (type === "notification:new") tell(payload);
  else if (type === "notification:read") setBells(() => payload.unread);
  else if (payload.label && type === "repair:status_update") announce(`${payload.repairNumber ?? ""} ${payload.label}`.trim());
}

/** @param {Record<string, any>} notification already in the viewer's language */
function tell(notification) {
  const tone = notification.priority === "high" || notification.priority === "urgent" ? "warning" : "info";
  showToast({ title: notification.title, message: notification.message, url: notification.data?.url, tone });
  setBells((count) => count + 1);
}

/** @param {(count: number) => number} change what every bell shows now, from what it showed before */
function setBells(change) {
  for (const bell of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-bell]"))) {
    const count = change(Number(bell.dataset.bell));
    bell.dataset.bell = String(count);
    const mark = bell.querySelector("[data-bell-count]");
    if (mark instanceof HTMLElement) {
      mark.textContent = count > 99 ? "99+" : String(count);
      mark.hidden = count === 0;
    }
    const label = bell.querySelector("[data-bell-label]");
    const text = count ? bell.dataset.label : bell.dataset.labelNone;
    if (label && text) label.textContent = fill(text, { n: count });
  }
}
