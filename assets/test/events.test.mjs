/** The order of events, and what each concerns. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { EventOrder, topicsOf } from "../js/events.js";

const event = (seq, type = "repair:updated", payload = {}) => ({ seq, type, payload });

function orderFrom(lastSeq) {
  const shown = [];
  return { order: new EventOrder(lastSeq, ({ seq }) => shown.push(seq)), shown };
}

test("An event that came twice is shown once.", () => {
  const { order, shown } = orderFrom(41);

  order.receive(event(42));
  order.receive(event(42));

  assert.deepEqual(shown, [42]);
});

test("Nothing newer is shown before a gap is filled.", () => {
  const { order, shown } = orderFrom(41);

  assert.equal(order.receive(event(44)), false);
  order.catchUp([event(42), event(43), event(44)]);
  order.receive(event(44));

  assert.deepEqual(shown, [42, 43, 44]);
});

test("Without a log every event is shown as it comes.", () => {
  const { order, shown } = orderFrom(null);

  assert.equal(order.receive(event(7)), true);
  assert.equal(order.receive(event(null)), true);

  assert.deepEqual(shown, [7, null]);
});

test("A status change concerns its repair, the lists and the overviews.", () => {
  const topics = topicsOf("repair:status_update", { seq: 42, repairId: "7", repairNumber: "R-1", status: "testing" });

  assert.deepEqual([...topics].sort(), ["dashboard", "desk", "repair:7", "repairs"]);
});

test("A message concerns its conversation and its repair.", () => {
  const topics = topicsOf("chat:message", { conversationId: "c", repairId: "7" });

  assert.ok(topics.has("conversations") && topics.has("conversation:c") && topics.has("repair:7"));
});

test("A notification does not refresh what its own event refreshes.", () => {
  const topics = topicsOf("notification:new", { id: "n", data: { repairId: "7" } });

  assert.deepEqual([...topics].sort(), ["dashboard", "desk", "notifications"]);
});
