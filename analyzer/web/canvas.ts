// A canvas as large as the place it is in and as sharp as the screen; draws when its size, the colours
// of the page or what it draws have changed. What is drawn is also said in words by whoever uses it.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface CanvasProps {
  /** Draws everything; sizes are in pixels of the page. Another function: another picture. */
  readonly draw: (context: CanvasRenderingContext2D, size: Size, colour: Colour) => void;
  /** Told when the size is known or changes. */
  readonly onSize?: (size: Size) => void;
  readonly [attribute: string]: unknown;
}

/** The value of a colour of styles.css: `on-cpu`. */
export type Colour = (name: string) => string;

export function Canvas({ draw, onSize, ...attributes }: CanvasProps): ComponentChild {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const scheme = useColourScheme();
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      const next = { width: Math.floor(width), height: Math.floor(height) };
      setSize(next);
      onSize?.(next);
    });
    observer.observe(canvas.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    const element = canvas.current!;
    const { width, height } = size;
    if (width === 0 || height === 0) return;
    const scale = window.devicePixelRatio || 1;
    if (element.width !== Math.round(width * scale)) element.width = Math.round(width * scale);
    if (element.height !== Math.round(height * scale)) element.height = Math.round(height * scale);
    const context = element.getContext("2d")!;
    const styles = getComputedStyle(element);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, size, (name) => styles.getPropertyValue(`--${name}`).trim());
  }, [draw, size, scheme]);
  return h("canvas", { ...attributes, ref: canvas });
}

/** Canvases one below the other as a PNG, each with all the pixels that it has, on the page's paper. */
export async function pictureOf(canvases: Iterable<HTMLCanvasElement>): Promise<Blob> {
  const all = [...canvases];
  const width = Math.max(...all.map((canvas) => canvas.width));
  const height = all.reduce((sum, canvas) => sum + canvas.height, 0);
  const whole = new OffscreenCanvas(width, height);
  const context = whole.getContext("2d")!;
  context.fillStyle = getComputedStyle(all[0]!).getPropertyValue("--paper");
  context.fillRect(0, 0, width, height);
  let top = 0;
  for (const canvas of all) {
    context.drawImage(canvas, 0, top);
    top += canvas.height;
  }
  return whole.convertToBlob({ type: "image/png" });
}

/** Another value when light becomes dark or the other way round. */
function useColourScheme(): boolean {
  const dark = "(prefers-color-scheme: dark)";
  const [isDark, setDark] = useState(() => matchMedia(dark).matches);
  useEffect(() => {
    const query = matchMedia(dark);
    const listen = () => setDark(query.matches);
    query.addEventListener("change", listen);
    return () => query.removeEventListener("change", listen);
  }, []);
  return isDark;
}

/** Times for the marks of an axis from `fromNs` to `toNs`: whole numbers of the largest step that gives enough of them. */
export function axisTicks(fromNs: number, toNs: number, ticksMax: number): { readonly stepNs: number; readonly ticks: readonly number[] } {
  const atLeastNs = Math.max(1, (toNs - fromNs) / Math.max(1, ticksMax));
  const power = 10 ** Math.floor(Math.log10(atLeastNs));
  const stepNs = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= atLeastNs)!;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromNs / stepNs) * stepNs; at <= toNs; at += stepNs) ticks.push(at);
  return { stepNs, ticks };
}

/** A moment as seconds, with the digits that tell it from the next mark of the axis. */
export function secondsText(ns: number, stepNs: number): string {
  const digits = Math.min(9, Math.max(0, Math.ceil(9 - Math.log10(Math.max(1, stepNs)))));
  return `${(ns / 1e9).toFixed(digits)} s`;
}
