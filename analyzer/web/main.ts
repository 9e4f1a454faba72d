// The page's beginning. The document holds everything as data that is no code to the browser: the
// engine, the source of the workers, perhaps recordings or where to find them. This file makes of them
// a pool of workers, takes files from outside, and draws.

import { h, render } from "preact";
import { compileEngine } from "../index.js";
import { Desk } from "./desk.js";
import { filesFrom, stacksFromText } from "./dropped-files.js";
import { embeddedBytes, embeddedRecordings, embeddedText } from "./embedded.js";
import type { Bytes } from "./job.js";
import { Naming } from "./naming.js";
import { read } from "./reading.js";
import { Recordings } from "./recordings.js";
import type { RecordingSource } from "./recordings.js";
import { BrowserHistory, ViewState } from "./view-state.js";
import { ViewsElsewhere } from "./views.js";
import { WorkerPool } from "./worker-pool.js";

/** More threads than this do not make one disk faster. */
const WorkersMax = 8;

const picker = document.getElementById("picker") as HTMLInputElement;
const workerUrl = trustedUrl(URL.createObjectURL(new Blob([embeddedText("worker")], { type: "text/javascript" })));
const engine = compileEngine(embeddedBytes("engine"));
const start = () => new Worker(workerUrl);
// One CPU stays for the browser, which hands the workers their bytes; of two, both are worth more to a recording.
const cpus = navigator.hardwareConcurrency;
const readers = new WorkerPool({ workers: Math.max(Math.min(cpus, 2), Math.min(WorkersMax, cpus - 1)), engine, start });
const viewers = new WorkerPool({ workers: 1, engine, start });
const naming = new Naming({ symbolizer: new Blob([embeddedText("symbolizer")]), demangler: new Blob([embeddedText("demangler")]) });
const recordings = new Recordings(new ViewsElsewhere(viewers));

/** The policy of the page lets this one address be code, where browsers know such policies. */
function trustedUrl(url: string): string {
  type Factory = {
    createPolicy(
      name: string,
      rules: { createScriptURL(url: string): string },
    ): { createScriptURL(url: string): string };
  };
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  return trustedTypes?.createPolicy("offcut", { createScriptURL: () => url }).createScriptURL(url) ?? url;
}

function sourceOf(name: string, bytes: Bytes): RecordingSource {
  void viewers.prepare(); // while the recording is read
  const lengthBytes = bytes instanceof Blob ? bytes.size : bytes.lengthBytes;
  return {
    name,
    lengthBytes,
    analyze: async (question, watch) => {
      const answered = await read(readers, { name, bytes }, question, naming.given, watch);
      recordings.say(answered.problems);
      return answered;
    },
  };
}

async function open(files: readonly File[]): Promise<void> {
  const found = await filesFrom(files);
  recordings.add(
    found.recordings.map((file) => sourceOf(file.name, file)),
    found.problems,
  );
  if (found.objects.length > 0) {
    recordings.say(await naming.add(found.objects, recordings.analyses, recordings.list.length > 0));
    recordings.nameBy(naming.names);
  }
  // A recording is worth more than a text; both at once are the recording's view.
  if (found.stacks !== undefined || found.recordings.length > 0) {
    recordings.showStacks(found.recordings.length > 0 ? undefined : found.stacks);
  }
}

async function openText(text: string): Promise<void> {
  const found = await stacksFromText(text);
  if (typeof found === "string") recordings.add([], [found]);
  else recordings.showStacks(found);
}

async function openEmbedded(kind: "recording" | "example"): Promise<void> {
  const found = await embeddedRecordings(kind);
  recordings.add(found.map(({ name, bytes }) => sourceOf(name, bytes)));
}

function takeDrops(): void {
  let depth = 0;
  const mark = () => document.body.classList.toggle("dropping", depth > 0);
  addEventListener("dragenter", () => (depth++, mark()));
  addEventListener("dragleave", () => (depth--, mark()));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    mark();
    void open([...(event.dataTransfer?.files ?? [])]);
  });
  addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const isTyping = event.target instanceof Element && event.target.closest("input, textarea") !== null;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (files.length > 0) void open(files);
    else if (!isTyping && text.trim() !== "") void openText(text);
  });
  picker.addEventListener("change", () => {
    void open([...(picker.files ?? [])]);
    picker.value = "";
  });
}

takeDrops();
const hasExample = document.querySelector("script[data-example]") !== null;
render(
  h(Desk, {
    recordings,
    state: new ViewState(new BrowserHistory(document.getElementById("link")?.textContent ?? "")),
    browse: () => picker.click(),
    example: hasExample ? () => void openEmbedded("example") : undefined,
  }),
  document.getElementById("app")!,
);
void openEmbedded("recording");
