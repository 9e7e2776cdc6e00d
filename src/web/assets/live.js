// A case goes on while its page is open: when there is news, the page is fetched again, and what has
// changed is put where it stands, in the reader's words. What is ticked stays ticked, what is opened
// open, and whoever is at a link is still at it. Nobody is asked while nobody looks, nor once the
// case is over, nor for somebody who is signed in no more: that is said.
'use strict';

const page = document.getElementById('case'), ended = document.getElementById('ended');
const SOON = 2000, LATE = 60000;
let coming = null, known = '', over = false, wait = SOON, waiting = 0, asked = 0;

// The place where somebody is, as it can be found again.
function placeOf(at) {
    if (at.href)
        return 'a[href="' + CSS.escape(at.getAttribute('href')) + '"]';
    return at.name ? '[name="' + CSS.escape(at.name) + '"][value="' + CSS.escape(at.value) + '"]' : at.localName;
}

function put(old, fresh) {
    if (!old || !fresh || old.innerHTML === fresh.innerHTML)
        return false;
    const at = old.contains(document.activeElement) ? placeOf(document.activeElement) : null;
    const ticked = new Set([...old.querySelectorAll('input:checked')].map(input => input.value));
    const opened = [...old.querySelectorAll('details')].map(one => one.open);
    for (const input of fresh.querySelectorAll('input[type="checkbox"]'))
        input.checked = ticked.has(input.value);
    for (const [i, one] of fresh.querySelectorAll('details').entries())
        one.open = opened[i] ?? one.open;
    old.replaceChildren(...fresh.childNodes);
    if (at)
        old.querySelector(at)?.focus();
    return true;
}

const numbersIn = steps => [...steps.querySelectorAll('li[data-step]')].map(item => item.id).join() +
    (steps.querySelector('form') ? ' works' : '');

function putSteps(old, fresh) {
    if (!old || !fresh)
        return;
    if (numbersIn(old) !== numbersIn(fresh)) {
        put(old, fresh);
        return;
    }
    for (const item of old.querySelectorAll('li[data-step]'))
        if (put(item, fresh.querySelector('#' + item.id)))
            item.classList.add('fresh');
    const heads = fresh.querySelectorAll('.group > summary');
    for (const [i, head] of old.querySelectorAll('.group > summary').entries())
        put(head, heads[i]);
}

// The page as it is now, taken apart by the browser: text that becomes markup is forbidden here (Trusted Types).
const pageNow = () => new Promise((told, failed) => {
    const request = new XMLHttpRequest(), address = location.href.split('#')[0];
    request.open('GET', address);
    request.responseType = 'document';
    request.onload = () => request.status === 200 && request.responseURL === address ? told(request.response) : failed();
    request.onerror = failed;
    request.send();
});

// What comes late of a question that was given up (somebody looked away, or is signed in no more) moves nothing.
async function show(message) {
    const source = message.target;
    try {
        const fresh = await pageNow();
        for (const id of ['acts', 'case', 'left', 'next', 'accounts', 'line', 'exposure'])
            put(document.getElementById(id), fresh.getElementById(id));
        putSteps(document.getElementById('steps'), fresh.getElementById('steps'));
        known = message.lastEventId;
        wait = SOON;
        over = JSON.parse(message.data).over;
        if (source === coming)
            look();
    } catch {
        if (source === coming)
            again(); // it is not shown: it is told once more
    }
}

function hangUp() {
    coming?.close();
    coming = null;
    clearTimeout(waiting);
}

const address = () => page.dataset.live + '?after=' + known;

// A browser asks again by itself, but not after an answer that is no stream: "busy", say; and which
// it was, it does not tell. Who is signed in no more, or may not see the case any more, is not asked
// for again until they come back to the page.
async function again() {
    hangUp();
    const mine = ++asked;
    const status = await fetch(address()).then(answer => answer.status, () => 0);
    if (mine !== asked)
        return;
    ended.hidden = status !== 401;
    if ([401, 403, 404].includes(status)) {
        hangUp(); // somebody may have looked again meanwhile
        return;
    }
    clearTimeout(waiting);
    waiting = setTimeout(look, wait);
    wait = Math.min(wait * 2, LATE);
}

function look() {
    const wanted = !over && !document.hidden;
    if (coming && !wanted) {
        hangUp();
    } else if (!coming && wanted) {
        coming = new EventSource(address());
        coming.onopen = () => { ended.hidden = true; };
        coming.onmessage = show;
        coming.onerror = event => event.target === coming && coming.readyState === EventSource.CLOSED && again();
    }
}

document.addEventListener('visibilitychange', look);
look();
