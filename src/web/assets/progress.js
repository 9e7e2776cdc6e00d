// How far a file is that was signed and is being taken in, while the browser waits for the outcome.
'use strict';

const shown = document.getElementById('progress');
const bar = shown.querySelector('progress');
const words = shown.querySelector('span');

async function ask() {
    try {
        const answer = await fetch(shown.dataset.from, {headers: {accept: 'application/json'}});
        const is = await answer.json();
        if (!is.words)
            return;
        shown.hidden = false;
        words.textContent = is.words;
        if (is.all) {
            bar.max = is.all;
            bar.value = is.done;
        } else {
            bar.removeAttribute('value');
        }
    } catch {
        // The next one may come through; the outcome comes by itself.
    }
}

document.querySelector('form[data-passkey]').addEventListener('submit', () => setInterval(ask, 250));
