// Reads a JSON list of calendars from standard input and answers what ical.js makes of each.
// The one argument is the path of ical.js.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));

// ical.js marks a time whose zone it does not know as floating: it stays without Z.
function moment(time) {
  if (time.isDate || time.zone.tzid === "floating") return time.toString();
  return time.convertToZone(ICAL.Timezone.utcTimezone).toString();
}

function seconds(alarm, start) {
  const trigger = alarm.getFirstPropertyValue("trigger");
  const before = trigger.icaltype === "duration" ? trigger : trigger.subtractDateTz(start);
  return before.toSeconds();
}

function entry(component) {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    start: moment(event.startDate),
    end: moment(event.endDate),
    summary: event.summary ?? "",
    status: component.getFirstPropertyValue("status") ?? "",
    sequence: event.sequence ?? 0,
    description: event.description ?? "",
    alarms: component.getAllSubcomponents("valarm").map((a) => seconds(a, event.startDate)),
  };
}

function read(text) {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text));
    return { entries: calendar.getAllSubcomponents("vevent").map(entry) };
  } catch (error) {
    return { refused: String(error) };
  }
}

const calendars = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calendars.map(read)));
