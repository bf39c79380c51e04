/** `<time datetime data-relative>` reads "3 minutes ago" and keeps the full date as its title. */

const STEPS = /** @type {[Intl.RelativeTimeFormatUnit, number][]} */ ([
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
]);

export function startTimes() {
  refresh();
  setInterval(refresh, 60_000);
  document.addEventListener("htmx:after:swap", refresh);
}

function refresh() {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang || undefined, { numeric: "auto" });
  for (const element of document.querySelectorAll(/** @type {"time"} */ ("time[data-relative]"))) {
    const seconds = (Date.parse(element.dateTime) - Date.now()) / 1000;
    // Beyond a week a date says more than a count of days.
    if (Number.isNaN(seconds) || Math.abs(seconds) > 7 * 86_400) continue;
    element.title ||= element.textContent?.trim() ?? "";
    const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 60];
    element.textContent = unit === "second" ? format.format(0, "minute") : format.format(Math.round(seconds / size), unit);
  }
}
