// The program inside a flame graph's picture: zoom, search and details, in any browser, from a file, with
// nothing loaded. Text, because it becomes part of a picture; it reads all it needs from the picture
// and knows how flame-svg.ts draws: `#frames > g`, callers first, each a title, a rect and a text.
// It stands in CDATA, which means the same in a file of its own and inside an HTML page.

import { CharacterWidth } from "./flame-words.js";

/** What the picture tells its program. */
export interface FlameScriptOptions {
  readonly fontSizePx: number;
  /** Where the root's box begins, and how wide it is. */
  readonly leftPx: number;
  readonly widthPx: number;
}

/** Of a picture that was drawn with `options`. */
export function flameScript(options: FlameScriptOptions): string {
  const numbers = { ...options, characterPx: options.fontSizePx * CharacterWidth };
  return `"use strict";\n(${program})(${JSON.stringify(numbers)});\n`;
}

const program = String.raw`function (drawn) {
  var byId = function (id) { return document.getElementById(id); };
  if (byId("frames").children.length === 0) return;
  var details = byId("details"), matched = byId("matched"), unzoom = byId("unzoom");
  var searchButton = byId("search"), ignoreCase = byId("ignorecase");
  var boxes = Array.from(byId("frames").children, function (group) {
    var title = group.querySelector("title").textContent, rect = group.querySelector("rect");
    return {
      group: group, rect: rect, text: group.querySelector("text"), title: title,
      name: title.replace(/ \([^(]*\)$/, ""),
      x: Number(rect.getAttribute("x")), width: Number(rect.getAttribute("width")), y: Number(rect.getAttribute("y")),
      fill: rect.getAttribute("fill"), shown: true, matches: false
    };
  });
  var root = boxes[0], zoomed = root, current = null, term = "", isCaseIgnored = false;
  var boxOf = new Map(boxes.map(function (box) { return [box.group, box]; }));
  // Neighbours' edges are rounded to a hundredth of a pixel.
  var Edge = 0.02;

  function holds(outer, inner) {
    return inner.x >= outer.x - Edge && outer.x + outer.width >= inner.x + inner.width - Edge;
  }

  function isBelow(upper, lower) {
    return Math.abs(lower.y - root.y) >= Math.abs(upper.y - root.y);
  }

  function place(box, x, width, isHolder) {
    box.shown = width > 0;
    box.group.classList.toggle("hide", !box.shown);
    box.group.classList.toggle("holder", isHolder);
    if (!box.shown) return;
    box.rect.setAttribute("x", x.toFixed(2));
    box.rect.setAttribute("width", width.toFixed(2));
    box.text.setAttribute("x", (x + 3).toFixed(2));
    var room = Math.floor(width / drawn.characterPx), letters = Array.from(box.name);
    box.text.textContent = room < 3 ? "" : room >= letters.length ? box.name : letters.slice(0, room - 2).join("") + "..";
  }

  function zoom(target) {
    var scale = drawn.widthPx / target.width;
    zoomed = target;
    boxes.forEach(function (box) {
      var isHolder = box !== target && !isBelow(target, box) && holds(box, target);
      if (isHolder) place(box, drawn.leftPx, drawn.widthPx, true);
      else if (isBelow(target, box) && holds(target, box)) {
        place(box, drawn.leftPx + (box.x - target.x) * scale, box.width * scale, false);
      } else place(box, 0, 0, false);
    });
    unzoom.classList.toggle("hide", target === root);
    remember();
  }

  function search(text) {
    term = text;
    var pattern = patternOf(text), countedTo = 0, width = 0;
    boxes.forEach(function (box, at) {
      box.matches = pattern !== null && at > 0 && pattern.test(box.name);
      box.rect.setAttribute("fill", box.matches ? "rgb(230,0,230)" : box.fill);
      // Callers come first: what lies within a match is narrower, and counted already.
      if (!box.matches || countedTo > box.x + Edge) return;
      width += box.width;
      countedTo = box.x + box.width;
    });
    var percent = 100 * width / root.width;
    matched.textContent = pattern === null ? "" : "Matched: " + (percent > 99.995 ? "100" : percent.toFixed(1)) + "%";
    searchButton.textContent = pattern === null ? "Search" : "Reset Search";
    remember();
  }

  function patternOf(text) {
    if (text === "") return null;
    var flags = isCaseIgnored ? "i" : "";
    try {
      return new RegExp(text, flags);
    } catch (error) {
      return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), flags);
    }
  }

  function ask() {
    var text = prompt("Search for frames (a regular expression):", term);
    if (text !== null) search(text);
  }

  function toggleCase() {
    isCaseIgnored = !isCaseIgnored;
    ignoreCase.classList.toggle("on", isCaseIgnored);
    search(term);
  }

  // In the address, so that a link shows the same; pages from files may refuse it.
  function remember() {
    var words = new URLSearchParams();
    if (zoomed !== root) words.set("box", String(boxes.indexOf(zoomed)));
    if (term !== "") words.set("s", term);
    if (isCaseIgnored) words.set("i", "1");
    try {
      history.replaceState(null, "", "#" + words.toString());
    } catch (error) {}
  }

  function recall() {
    var words = new URLSearchParams(location.hash.slice(1)), box = boxes[Number(words.get("box") || 0)];
    if (words.get("i") === "1") toggleCase();
    if (words.get("s")) search(words.get("s"));
    if (box !== undefined && box !== root) zoom(box);
  }

  function show(box) {
    details.textContent = box === null ? "" : box.title;
  }

  function select(box) {
    if (current !== null) current.group.classList.remove("current");
    current = box;
    if (box !== null) box.group.classList.add("current");
    show(box);
  }

  function boxAt(event) {
    var group = event.target.closest("#frames > g");
    return group === null ? null : boxOf.get(group);
  }

  // Arrow keys walk over the boxes that are shown: the nearest whose middle lies in that direction.
  function walk(dx, dy) {
    if (current === null || !current.shown) return select(zoomed);
    var from = current.rect.getBoundingClientRect(), best = null, bestDistance = Infinity;
    boxes.forEach(function (box) {
      if (!box.shown || box === current) return;
      var to = box.rect.getBoundingClientRect();
      var right = to.left + to.width / 2 - from.left - from.width / 2, down = to.top - from.top;
      // Sideways on the same level; up and down to the next one.
      var isThere = dy === 0 ? down === 0 && right * dx > 0 : down * dy > 0 && Math.abs(down) < from.height * 1.6;
      if (!isThere || Math.abs(right) >= bestDistance) return;
      best = box;
      bestDistance = Math.abs(right);
    });
    if (best !== null) select(best);
  }

  var walks = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  function press(event) {
    var isControl = event.ctrlKey || event.metaKey;
    if (event.key === "F3" || (isControl ? event.key === "f" : event.key === "/")) ask();
    else if (isControl ? event.key === "i" : false) toggleCase();
    else if (isControl || event.altKey) return;
    else if (event.key === "Enter") zoom(current === null ? root : current);
    else if (event.key === "Escape" || event.key === "0") term !== "" ? search("") : zoom(root);
    else if (walks[event.key]) walk.apply(null, walks[event.key]);
    else return;
    event.preventDefault();
  }

  byId("frames").addEventListener("click", function (event) {
    var box = boxAt(event);
    if (box === null) return;
    select(box);
    zoom(box);
  });
  byId("frames").addEventListener("mouseover", function (event) { show(boxAt(event)); });
  byId("frames").addEventListener("mouseleave", function () { show(current); });
  unzoom.addEventListener("click", function () { zoom(root); });
  searchButton.addEventListener("click", function () { term === "" ? ask() : search(""); });
  ignoreCase.addEventListener("click", toggleCase);
  window.addEventListener("keydown", press);
  recall();
}`;
