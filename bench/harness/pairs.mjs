export function median(values) {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs A B A B …: whatever else the machine does meets both. Answers the samples of each; one pair goes before the
 * others and is thrown away, because caches and compilers are cold in it.
 */
export async function interleave(repetitions, ours, baseline) {
  const samples = { ours: [], baseline: [] };
  for (let repetition = -1; repetition < repetitions; repetition += 1) {
    const a = await ours();
    const b = await baseline();
    if (repetition < 0) continue;
    samples.ours.push(a);
    samples.baseline.push(b);
  }
  return samples;
}

/**
 * One line of the results. Rates are the medians; the ratio is the median of the ratios of the pairs, so that a slow
 * minute of the machine, which meets both halves of a pair, cancels out.
 */
export function compare(name, unit, samples, field) {
  const of = (side) => samples[side].map((sample) => sample[field]);
  const ratios = of('ours').map((value, place) => value / of('baseline')[place]);
  return result(name, unit, median(of('ours')), median(of('baseline')), median(ratios));
}

export function result(name, unit, ours, baseline, ratio = ours / baseline) {
  return { name, ours: rounded(ours), baseline: rounded(baseline), unit, ratio: rounded(ratio) };
}

function rounded(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}
