// A film of a lesson: which parts are really watched, from where one goes on, and no skipping the first time.
// The player's own controls stay as they are.

import { gaps, reach, share, union } from "./parts.js";

const FASTEST = 1.5;
const SVG = "http://www.w3.org/2000/svg";

export class Film {
  /** `seconds`, `position` and `parts` as the server knows them; `asked` the share that is to be watched. */
  constructor(box, { seconds, position, parts }, { through, asked, words }) {
    Object.assign(this, { box, length: seconds, seen: parts, through, asked, words });
    this.key = box.dataset.film;
    this.video = box.querySelector("video");
    this.own = [];
    this.last = null;
    // where one left off stands until the film has really moved
    this.position = position;
    this.resume(position);
    this.listen();
    this.offer();
    this.draw();
  }

  get playing() {
    return !this.video.paused && !this.video.ended;
  }

  get speed() {
    return this.video.playbackRate;
  }

  /** A new visit claims nothing of what an old one did. Says whether the film went back to where it counts from. */
  begin(parts) {
    this.seen = parts ?? this.seen;
    this.own = [];
    this.draw();
    return this.back();
  }

  resume(position) {
    if (position < 1 || position > this.length - 1) return;
    const go = () => (this.video.currentTime = position);
    if (this.video.readyState >= 1) go();
    else this.video.addEventListener("loadedmetadata", go, { once: true });
  }

  listen() {
    const { video } = this;
    video.addEventListener("timeupdate", () => this.step());
    video.addEventListener("seeking", () => this.hold());
    for (const name of ["play", "seeked", "playing"]) video.addEventListener(name, () => this.mark());
    for (const name of ["pause", "ended"]) video.addEventListener(name, () => this.stop());
    video.addEventListener("emptied", () => (this.last = null));
    video.addEventListener("ratechange", () => {
      if (video.playbackRate > FASTEST) video.playbackRate = FASTEST;
      const speed = this.box.querySelector("[data-speed]");
      if ([...speed.options].some(({ value }) => Number(value) === video.playbackRate)) {
        speed.value = String(video.playbackRate);
      }
    });
  }

  /** From here on it moves by itself; what moved since it was told to play counts. */
  mark() {
    this.last ??= this.playing && !this.video.seeking ? this.video.currentTime : null;
  }

  /** From one moment to the next the film has moved on by itself, else somebody has moved it. */
  step() {
    const { currentTime: now, seeking } = this.video;
    if (seeking) return;
    if (this.playing) this.position = Math.round(now * 10) / 10;
    if (this.last !== null && now > this.last && now - this.last < 3) this.watched([this.last, now]);
    this.last = this.playing ? now : null;
  }

  stop() {
    this.step();
    this.position = Math.round(this.video.currentTime * 10) / 10;
    this.last = null;
    this.box.dispatchEvent(new Event("film:stopped", { bubbles: true }));
  }

  watched([begin, end]) {
    // a player stops a little before the end that the file names
    const part = [begin, end > this.length - 0.5 ? this.length : end];
    this.own = union([...this.own, part]);
    this.seen = union([...this.seen, part]);
    this.draw();
  }

  hold() {
    this.last = null;
    this.back();
  }

  /** The first time one goes no further than one has come. */
  back() {
    const far = reach(this.seen);
    const first = this.through && share(this.seen, this.length) < this.asked;
    if (!first || this.video.currentTime <= far + 0.5) return false;
    this.last = null;
    this.video.currentTime = far;
    return true;
  }

  offer() {
    const { box, video } = this;
    const acts = box.querySelector(".film-acts");
    acts.hidden = false;
    acts.querySelector("[data-speed]").addEventListener("change", ({ target }) => {
      video.playbackRate = Number(target.value);
    });
    acts.querySelector("[data-quality]")?.addEventListener("change", ({ target }) => this.change(target.value));
    acts.querySelector("[data-gap]").addEventListener("click", () => this.play(gaps(this.seen, this.length)[0]));
    box.querySelector(".seen").addEventListener("click", ({ offsetX, currentTarget }) => {
      const at = (this.length * offsetX) / currentTarget.getBoundingClientRect().width;
      this.play(gaps(this.seen, this.length).find(([begin, end]) => begin <= at && at < end) ?? [at]);
    });
  }

  play(part) {
    if (!part) return;
    this.video.currentTime = part[0];
    this.video.play().catch(() => {});
  }

  change(src) {
    const { currentTime, playbackRate } = this.video;
    const playing = this.playing;
    this.video.querySelector("source").src = src;
    this.video.load();
    this.video.addEventListener("loadedmetadata", () => {
      Object.assign(this.video, { currentTime, playbackRate });
      if (playing) this.video.play().catch(() => {});
    }, { once: true });
  }

  draw() {
    const cells = this.seen.map(([begin, end]) => {
      const cell = document.createElementNS(SVG, "rect");
      const place = { x: begin / this.length, width: (end - begin) / this.length };
      for (const [name, value] of Object.entries(place)) cell.setAttribute(name, (1000 * value).toFixed(1));
      cell.setAttribute("y", "5");
      cell.setAttribute("height", "13");
      return cell;
    });
    this.box.querySelector(".seen g").replaceChildren(...cells);
    this.box.querySelector("[data-share]").textContent =
      this.words.watched.replace("{share}", share(this.seen, this.length));
    this.box.querySelector("[data-gap]").hidden = gaps(this.seen, this.length).length === 0;
  }
}
