// Parts of a film, [[from, to], …] in seconds, in order and apart.

export function union(parts) {
  const found = [];
  for (const [begin, end] of [...parts].sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && begin <= last[1] + 0.05) last[1] = Math.max(last[1], end);
    else if (end > begin) found.push([begin, end]);
  }
  return found;
}

/** How far it was watched from the start without a gap. */
export function reach(parts, slack = 1) {
  let end = 0;
  for (const [begin, upto] of parts) {
    if (begin > end + slack) break;
    end = Math.max(end, upto);
  }
  return end;
}

/** What is not watched yet, but for what is too short to be seen. */
export function gaps(parts, length) {
  const begins = [0, ...parts.map(([, end]) => end)];
  const ends = [...parts.map(([begin]) => begin), length];
  return begins.map((begin, n) => [begin, Math.min(ends[n], length)]).filter(([begin, end]) => end - begin > 0.5);
}

export function share(parts, length) {
  const seen = parts.reduce((sum, [begin, end]) => sum + end - begin, 0);
  return Math.min(100, Math.floor((100 * seen) / length + 1e-9));
}
