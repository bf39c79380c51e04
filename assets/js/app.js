/**
 * The one module of every page. Each import is one behaviour; a page asks for it by attributes alone. Everything here
 * improves a page that works without it.
 */
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startHtmx } from "./htmx.js";
import { startLive } from "./live.js";
import { startMenus } from "./menu.js";
import { startTabs } from "./tabs.js";
import { startTheme } from "./theme.js";
import { startTimes } from "./times.js";
import { startToasts } from "./toasts.js";
import { startUploads } from "./uploads.js";

document.documentElement.classList.add("js");
startHtmx();
startTheme();
startMenus();
startTabs();
startDialogs();
startForms();
startUploads();
startToasts();
startTimes();
startLive();

// Chunks of their own, for the one page that has them.
if (document.querySelector("form[data-passkey]")) import("./passkeys.js").then(({ startPasskeys }) => startPasskeys());
if (document.querySelector("form[data-proof]")) import("./proof.js").then(({ startProofs }) => startProofs());
if (document.querySelector("[data-print]")) import("./print.js").then(({ startPrint }) => startPrint());
if (document.querySelector("[data-crop]")) import("./crop.js").then(({ startCrop }) => startCrop());
if (document.querySelector("[data-zones]")) import("./zones.js").then(({ startZones }) => startZones());
