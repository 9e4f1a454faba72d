// Asks a web server for one page over and over, on several connections that are kept, at a steady rate:
// what comes in a moment late is made up for, and nothing is asked faster than that.
//
// usage: node paced-client.mjs PORT REQUESTS_PER_SECOND SECONDS

import { Agent, get } from "node:http";

const [port, rate, seconds] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const begun = performance.now();
let asked = 0;
let answered = 0;

function askDue() {
  const elapsed = (performance.now() - begun) / 1000;
  for (; asked < Math.min(elapsed, seconds) * rate; asked++) {
    get({ host: "127.0.0.1", port, path: "/page.html", agent }, (response) => {
      response.resume().on("end", () => answered++);
    }).on("error", () => undefined);
  }
  if (elapsed < seconds) return setTimeout(askDue, 1);
  setTimeout(() => {
    console.log(answered);
    process.exit(0);
  }, 500);
}

askDue();
