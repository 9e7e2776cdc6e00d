// calendar.mjs - reads a calendar on standard input with a library and says what is in it, a line an event.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const part of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(part);
    console.log([event.uid, event.sequence, part.getFirstPropertyValue("status"), event.startDate.toString(), event.summary].join("\t"));
}
