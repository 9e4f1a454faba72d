// Which part of a recording is in sight, and how hands change it: wheel and keys zoom, drags move it,
// drags with Shift brush a part. `sight` follows the hand at once; `settled` is what it was when the
// hand last rested, which is when asking for it is worth while. Knows no threads.

import { useEffect, useState } from "preact/hooks";
import { LabelWidth, TimeScale } from "./timeline-scale.js";
import type { Sight } from "./timeline-scale.js";

/** A hand that rests so long is done. */
const RestMs = 200;
const LengthNsMin = 1000;
/** Moved less, a press is a click. */
const ClickPixelsMax = 4;

/** Of the picture. */
export interface Place {
  readonly y: number;
  /** undefined over the names. */
  readonly atNs: number | undefined;
}

export interface SightEvents {
  /** undefined: at nothing any more. */
  readonly onPoint: (place: Place | undefined) => void;
  readonly onClick: (place: Place) => void;
  readonly onDoubleClick: (place: Place) => void;
  /** Another line, so many down. */
  readonly onLine: (by: number) => void;
  /** The next event of the line, or the one before. */
  readonly onEvent: (by: 1 | -1) => void;
  readonly onEnter: () => void;
  readonly onBrush: (part: Sight) => void;
}

export interface SightView {
  readonly sight: Sight;
  readonly settled: Sight;
  readonly brushed: Sight | undefined;
  listeners(events: SightEvents): object;
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly from: Sight;
  readonly brushes: boolean;
  moved: boolean;
}

/** `width`: of the picture, in pixels. */
export function useSight(extent: Sight, width: number): SightView {
  const [sight, setSight] = useState(extent);
  const [settled, setSettled] = useState(extent);
  const [brushed, setBrushed] = useState<Sight | undefined>(undefined);
  const [drag, setDrag] = useState<Drag | undefined>(undefined);
  useEffect(() => {
    setSight(extent);
    setSettled(extent);
  }, [extent]);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(sight), RestMs);
    return () => clearTimeout(timer);
  }, [sight]);
  const timeAt = (x: number, of: Sight) => new TimeScale(of, width).toNsAt(x);
  const placeOf = ({ offsetX, offsetY }: MouseEvent): Place => ({ y: offsetY, atNs: offsetX < LabelWidth ? undefined : timeAt(offsetX, sight) });
  const zoom = (factor: number, aroundNs: number) => setSight(zoomed(sight, extent, factor, aroundNs));
  const middleNs = (sight.fromNs + sight.toNs) / 2;

  const listeners = (events: SightEvents) => ({
    onWheel: (event: WheelEvent) => {
      if (event.offsetX < LabelWidth) return; // over the names it scrolls
      if (!event.ctrlKey && !event.metaKey && !event.altKey && Math.abs(event.deltaY) <= Math.abs(event.deltaX)) {
        setSight(moved(sight, extent, timeAt(event.deltaX, sight) - timeAt(0, sight)));
      } else zoom(2 ** (event.deltaY / 300), timeAt(event.offsetX, sight));
      event.preventDefault();
    },
    onPointerDown: (event: PointerEvent) => {
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      setDrag({ x: event.offsetX, y: event.offsetY, from: sight, brushes: event.shiftKey, moved: false });
    },
    onPointerMove: (event: PointerEvent) => {
      events.onPoint(placeOf(event));
      if (drag === undefined) return;
      if (Math.abs(event.offsetX - drag.x) > ClickPixelsMax) drag.moved = true;
      if (!drag.moved) return;
      const fromNs = timeAt(drag.x, drag.from);
      const toNs = timeAt(event.offsetX, drag.from);
      if (drag.brushes) setBrushed({ fromNs: Math.min(fromNs, toNs), toNs: Math.max(fromNs, toNs) });
      else setSight(moved(drag.from, extent, fromNs - toNs));
    },
    onPointerUp: (event: PointerEvent) => {
      if (drag !== undefined && !drag.moved) events.onClick(placeOf(event));
      if (brushed !== undefined) events.onBrush(within(brushed, extent));
      setBrushed(undefined);
      setDrag(undefined);
    },
    onPointerLeave: () => events.onPoint(undefined),
    onDblClick: (event: MouseEvent) => events.onDoubleClick(placeOf(event)),
    onKeyDown: (event: KeyboardEvent) => {
      const step = (sight.toNs - sight.fromNs) / 8;
      const keys: { readonly [key: string]: () => void } = {
        ArrowLeft: () => (event.shiftKey ? events.onEvent(-1) : setSight(moved(sight, extent, -step))),
        ArrowRight: () => (event.shiftKey ? events.onEvent(1) : setSight(moved(sight, extent, step))),
        ArrowUp: () => events.onLine(-1),
        ArrowDown: () => events.onLine(1),
        Enter: () => events.onEnter(),
        "+": () => zoom(0.5, middleNs),
        "=": () => zoom(0.5, middleNs),
        "-": () => zoom(2, middleNs),
        Home: () => setSight(extent),
        b: () => events.onBrush(within(sight, extent)),
      };
      const act = keys[event.key];
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      act();
      event.preventDefault();
    },
  });
  return { sight, settled, brushed, listeners };
}

function zoomed(sight: Sight, extent: Sight, factor: number, aroundNs: number): Sight {
  const wholeNs = extent.toNs - extent.fromNs;
  const lengthNs = Math.min(wholeNs, Math.max(Math.min(LengthNsMin, wholeNs), (sight.toNs - sight.fromNs) * factor));
  const part = (aroundNs - sight.fromNs) / (sight.toNs - sight.fromNs);
  return placed(aroundNs - part * lengthNs, lengthNs, extent);
}

function moved(sight: Sight, extent: Sight, byNs: number): Sight {
  return placed(sight.fromNs + byNs, sight.toNs - sight.fromNs, extent);
}

/** As long as asked for, and inside of the recording. */
function placed(fromNs: number, lengthNs: number, extent: Sight): Sight {
  const from = Math.min(Math.max(fromNs, extent.fromNs), extent.toNs - lengthNs);
  return { fromNs: from, toNs: from + lengthNs };
}

function within(part: Sight, extent: Sight): Sight {
  return { fromNs: Math.max(part.fromNs, extent.fromNs), toNs: Math.min(part.toNs, extent.toNs) };
}
