// A field that is signed in with a finger, a pen or a mouse.

export class Pad {
  isEmpty = true;

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    Object.assign(this.context, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && this.draw(event));
  }

  begin(event) {
    if (!event.isPrimary) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.place(event);
    // a dot is a stroke, too
    this.draw(event);
  }

  draw(event) {
    // a fast finger moves several times between two pictures
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const next = this.place(move);
      this.context.beginPath();
      this.context.moveTo(this.last.x, this.last.y);
      this.context.lineTo(next.x, next.y);
      this.context.stroke();
      this.last = next;
    }
    this.isEmpty = false;
  }

  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return { x: ((clientX - left) * this.canvas.width) / width, y: ((clientY - top) * this.canvas.height) / height };
  }

  wipe() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.isEmpty = true;
  }

  get png() {
    return this.isEmpty ? "" : this.canvas.toDataURL("image/png");
  }
}
