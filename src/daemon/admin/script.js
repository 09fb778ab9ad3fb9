/* What makes the admin page better. Everything works without it; it never takes text for markup. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 1440 * MINUTE

/** What the daemon's clock says, as far as this page knows. */
const ahead = Number(document.documentElement.dataset.now ?? Date.now()) - Date.now()
const now = () => Date.now() + ahead

/** As `format-duration.ts` says it. */
function sayDuration(span) {
  const seconds = Math.max(0, Math.floor(span / SECOND))
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 s'
  const told = parts.slice(first, first + 2).filter(([count]) => count > 0)
  return told.map(([count, unit]) => `${count} ${unit}`).join(' ')
}

/** As `time.tsx` says it. */
function sayTime(at) {
  const span = Math.abs(now() - at)
  if (span > 60 * DAY) return new Date(at).toISOString().slice(0, 10)
  if (at > now()) return `in ${sayDuration(span)}`
  return span < MINUTE ? 'just now' : `${sayDuration(span)} ago`
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function moveTimes() {
  for (const element of document.querySelectorAll('time[data-at]'))
    setText(element, sayTime(Number(element.dataset.at)))
  for (const element of document.querySelectorAll('.time-left[data-until]')) moveBar(element)
}

function moveBar(element) {
  const until = Number(element.dataset.until)
  const left = until - now()
  setText(element.querySelector('time'), left > 0 ? `${sayDuration(left)} left` : 'over')
  const bar = element.querySelector('.bar')
  if (bar === null) return
  const share = Math.min(1, Math.max(0, left / (until - Number(element.dataset.from))))
  bar.querySelector('.bar-left').setAttribute('width', String(Math.round(share * 1000) / 10))
  bar.classList.toggle('low', share < 0.1)
}

/** Says something to a screen reader, without moving the focus. */
const voice = document.createElement('div')
voice.className = 'unseen'
voice.setAttribute('role', 'status')

function addCopyButton(figure) {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button quiet small'
  button.textContent = 'Copy'
  const block = figure.querySelector('pre')
  button.setAttribute('aria-label', `Copy: ${block.getAttribute('aria-label')}`)
  button.addEventListener('click', async () => {
    const isCopied = await copyText(block)
    button.textContent = isCopied ? 'Copied' : 'Press Ctrl+C'
    voice.textContent = isCopied ? 'Copied.' : 'The text is selected. Press Control and C to copy it.'
    setTimeout(() => {
      button.textContent = 'Copy'
      voice.textContent = ''
    }, 4 * SECOND)
  })
  figure.querySelector('figcaption').append(button)
}

/** Where the browser keeps the clipboard from us, as on plain http, the text is selected for the person to copy. */
async function copyText(block) {
  try {
    await navigator.clipboard.writeText(block.textContent)
    return true
  } catch {
    getSelection().selectAllChildren(block)
    return false
  }
}

const FILTERABLE = 'tbody > tr, .choice'

/** A box above a list, which hides what does not have all the words that are typed. */
function addFilter(list, index) {
  const items = [...list.querySelectorAll(FILTERABLE)]
  if (items.length < 8) return
  const box = document.createElement('div')
  box.className = 'filter'
  const label = document.createElement('label')
  const input = document.createElement('input')
  const count = document.createElement('p')
  input.type = 'search'
  input.id = `filter-${index}`
  input.autocomplete = 'off'
  label.htmlFor = input.id
  label.textContent = list.dataset.filter
  count.className = 'hint'
  count.setAttribute('role', 'status')
  box.append(label, input, count)
  const texts = items.map((item) => item.textContent.toLowerCase())
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    let shown = 0
    items.forEach((item, position) => {
      const isChosen = item.querySelector('input:checked') !== null
      const fits = isChosen || words.every((word) => texts[position].includes(word))
      item.hidden = !fits
      shown += fits ? 1 : 0
    })
    count.textContent = words.length === 0 ? '' : `${shown} of ${items.length}`
  })
  // Enter would send the form that the box stands in.
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault()
  })
  const before = list.querySelector(':scope > table, :scope > .choice')
  list.insertBefore(box, before)
}

/** Asks what a form would come to while it is being filled in, and shows that part of the page that would come. */
function lookAhead(part) {
  const form = part.closest('form')
  let wait
  let asked = 0
  const ask = async () => {
    const number = ++asked
    const body = new URLSearchParams(new FormData(form))
    body.set('intent', part.dataset.ahead)
    const answer = await fetch(form.action, {method: 'POST', body}).catch(() => undefined)
    const page = answer && new DOMParser().parseFromString(await answer.text(), 'text/html')
    const there = page?.getElementById(part.id)
    if (there && number === asked) part.replaceChildren(...there.childNodes)
  }
  form.addEventListener('input', () => {
    clearTimeout(wait)
    wait = setTimeout(ask, 300)
  })
}

/**
 * Puts calls on top of the list as they are made, until someone pauses. They are not read aloud one by one: what is said
 * is whether the list follows.
 */
function followCalls(part) {
  const list = part.querySelector('#calls')
  const most = Number(part.dataset.most)
  const address = new URL(part.dataset.live, location.href)
  const bar = Object.assign(document.createElement('div'), {className: 'live'})
  const button = Object.assign(document.createElement('button'), {type: 'button', className: 'button quiet small'})
  const state = Object.assign(document.createElement('p'), {className: 'soft', role: 'status'})
  bar.append(button, state)
  part.prepend(bar)
  let stream

  const show = (text, label) => {
    setText(state, text)
    setText(button, label)
  }
  const open = () => {
    show('Follows the calls as they are made.', 'Pause')
    stream = new EventSource(address)
    stream.addEventListener('calls', ({data, lastEventId}) => {
      address.searchParams.set('after', lastEventId)
      addRows(data)
    })
    stream.addEventListener('open', () => show('Follows the calls as they are made.', 'Pause'))
    stream.addEventListener('signed-out', leave)
    stream.addEventListener('error', async ({target}) => {
      if (target.readyState === EventSource.CLOSED) {
        stop('This list does not follow the calls now.')
        const answer = await fetch(address, {method: 'HEAD'}).catch(() => undefined)
        if (answer?.redirected) leave()
      } else show('The daemon cannot be reached now. Tried again …', 'Pause')
    })
  }
  const stop = (text) => {
    stream?.close()
    stream = undefined
    show(text, 'Follow')
  }
  /** Nothing stays for whoever sits here next. */
  const leave = () => {
    stop('You are signed out. ')
    const href = `/admin/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`
    state.append(Object.assign(document.createElement('a'), {href, textContent: 'Sign in'}))
    button.remove()
    part.replaceChildren(bar)
  }
  const addRows = (text) => {
    const table = new DOMParser().parseFromString(`<table><tbody>${text}</tbody></table>`, 'text/html')
    list.prepend(...table.querySelectorAll('tbody > tr'))
    for (const row of [...list.rows].slice(most)) row.remove()
    part.querySelector('.calls-list').hidden = false
    part.querySelector('.empty')?.remove()
  }
  button.addEventListener('click', () => (stream === undefined ? open() : stop('Paused.')))
  open()
}

/** A second press of a button, while the first is under way, does nothing. */
function sendOnce(form) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent !== undefined) event.preventDefault()
    form.dataset.sent = ''
  })
}

/** Loads the page again once it has become another, which its heading tells. */
function watchPage(seconds) {
  const address = new URL(location.href)
  address.searchParams.set('reload', 'yes')
  const heading = (page) => page.querySelector('h1').textContent
  setInterval(async () => {
    try {
      const answer = await fetch(address)
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      if (heading(page) !== heading(document)) location.reload()
    } catch {
      // The daemon cannot be reached, which the next look may mend.
    }
  }, seconds * SECOND)
}

document.body.append(voice)
document.querySelectorAll('figure.copy').forEach(addCopyButton)
document.querySelectorAll('[data-filter]').forEach(addFilter)
document.querySelectorAll('[data-ahead]').forEach(lookAhead)
document.querySelectorAll('[data-live]').forEach(followCalls)
document.querySelectorAll('form[method=post]').forEach(sendOnce)
// The page comes back as it was left when someone goes back to it.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent
})
document.querySelector('[data-errors]')?.focus()
const {reload} = document.documentElement.dataset
// What follows by itself needs no second look.
if (reload !== undefined && document.querySelector('[data-live]') === null) watchPage(Number(reload))
moveTimes()
setInterval(moveTimes, SECOND)
