/**
 * The order of events. Each carries `seq`, without gaps for one customer: a number already seen is dropped, a gap is
 * filled from the log before anything newer is shown.
 */

/** @typedef {{seq: number | null, type: string, payload: Record<string, any>}} LiveEvent */

export class EventOrder {
  /**
   * @param {number | null} lastSeq the number up to which the page is complete; null when this viewer has no log
   * @param {(event: LiveEvent) => void} deliver called once for each event, in order
   */
  constructor(lastSeq, deliver) {
    this.lastSeq = lastSeq;
    this.deliver = deliver;
  }

  /**
   * @param {LiveEvent} event
   * @returns {boolean} false when something before it is missing: ask the log, which holds this one too
   */
  receive(event) {
    if (event.seq === null || this.lastSeq === null) {
      this.deliver(event);
      return true;
    }
    if (event.seq <= this.lastSeq) return true;
    if (event.seq > this.lastSeq + 1) return false;
    this.lastSeq = event.seq;
    this.deliver(event);
    return true;
  }

  /** Takes the log's answer. @param {LiveEvent[]} events oldest first, right after `lastSeq` */
  catchUp(events) {
    for (const event of events) {
      if (event.seq === null || this.lastSeq === null || event.seq <= this.lastSeq) continue;
      this.lastSeq = event.seq;
      this.deliver(event);
    }
  }
}

/**
 * What an event is about, in the words of `data-live`. `repair:status_update` with repairId 7 concerns `repair:7`,
 * `repairs` and `dashboard`.
 * @param {string} type
 * @param {Record<string, any>} payload
 * @returns {Set<string>}
 */
export function topicsOf(type, payload) {
  const kind = type.split(":")[0];
  const topics = new Set([kind === "chat" ? "conversations" : `${kind}s`, "dashboard", "desk"]);
  const source = { ...(payload.data ?? {}), ...payload };
  for (const [key, value] of Object.entries(source)) {
    if (key.endsWith("Id") && typeof value === "string") topics.add(`${key.slice(0, -2)}:${value}`);
  }
  if (type === "notification:new") {
    // It repeats news that has an event of its own; only lists of notifications and the overview change by it.
    return new Set(["notifications", "dashboard", "desk"]);
  }
  return topics;
}
