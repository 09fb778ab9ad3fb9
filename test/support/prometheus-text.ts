import assert from 'node:assert/strict'

/** A series and its value: `behalf_accounts{provider="twitch",state="ok"}` to 2. Labels in alphabetical order. */
export type Samples = ReadonlyMap<string, number>

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/gy

/**
 * Reads the text format of Prometheus, and fails where a strict reader, or `promtool check metrics`, would complain:
 * families that are not whole and together, series that come twice, buckets that do not add up, unusual names.
 */
export function parsePrometheusText(text: string): Samples {
  assert.ok(text.endsWith('\n') && !text.includes('\r'), 'it ends with a line feed, and has no other line ends')
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  const helped = new Set<string>()
  let family = ''
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const comment = COMMENT.exec(line)
    if (comment !== null) {
      const [, kind, name = '', rest = ''] = comment
      if (kind === 'HELP') {
        assert.ok(!helped.has(name), `${name} is described twice`)
        helped.add(name)
      } else {
        assert.ok(helped.has(name) && !types.has(name), `${name} is described once, before its type`)
        assert.match(rest, /^(counter|gauge|histogram)$/)
        assert.equal(rest === 'counter', name.endsWith('_total'), `${name}: counters, and they alone, end with _total`)
        types.set(name, rest)
        family = name
      }
      continue
    }
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? []
    assert.notEqual(name, '', `not a line of the format: ${line}`)
    const suffixes = types.get(family) === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    assert.ok(
      suffixes.some((suffix) => name === family + suffix),
      `${name} is among those of ${family}`,
    )
    const series = `${name}{${parseLabels(labels).join(',')}}`
    assert.ok(!samples.has(series), `${series} comes twice`)
    const number = value === '+Inf' ? Infinity : Number(value)
    assert.ok(!Number.isNaN(number), line)
    samples.set(series, number)
  }
  checkHistograms(samples, types)
  return samples
}

function parseLabels(text: string): string[] {
  LABEL.lastIndex = 0
  const labels: string[] = []
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? []
    assert.ok(name !== undefined && value !== undefined, `not labels: ${text}`)
    labels.push(`${name}="${value}"`)
  }
  return labels.sort()
}

function checkHistograms(samples: Samples, types: ReadonlyMap<string, string>): void {
  for (const [series, count] of samples) {
    const [, name = '', labels = ''] = /^(\w+)_count\{(.*)\}$/.exec(series) ?? []
    if (types.get(name) !== 'histogram') continue
    const buckets = [...samples]
      .filter(([one]) => one.startsWith(`${name}_bucket{`) && withoutBound(one) === labels)
      .map(([one, value]) => [boundOf(one), value] as const)
      .sort(([a], [b]) => a - b)
    assert.deepEqual(buckets.at(-1), [Infinity, count], `${series}: the last bucket holds all`)
    buckets.reduce((before, [, value]) => {
      assert.ok(value >= before, `${series}: buckets add up`)
      return value
    }, 0)
    assert.ok(samples.has(`${name}_sum{${labels}}`), `${series}: there is a sum`)
  }
}

const boundOf = (series: string): number => Number(/le="([^"]+)"/.exec(series)?.[1]?.replace('+Inf', 'Infinity'))
const withoutBound = (series: string): string =>
  series
    .slice(series.indexOf('{') + 1, -1)
    .split(',')
    .filter((label) => !label.startsWith('le='))
    .join(',')
