// A case goes on while its page is open: states and progress are written where they stand. What is
// being ticked or typed is left alone. Nobody is asked while nobody looks, nor once the case is over.
'use strict';

const page = document.getElementById('case');
let coming = null, known = '', over = false;

function show(message) {
    const is = JSON.parse(message.data);
    let ended = 0;
    known = message.lastEventId;
    for (const step of is.steps) {
        const item = document.getElementById('step-' + step.number);
        const state = item && item.querySelector('.state');
        if (state && state.dataset.state !== step.state) {
            state.dataset.state = step.state;
            state.textContent = step.word;
            item.classList.add('fresh');
        }
        ended += ['verified', 'waived', 'skipped', 'cancelled'].includes(step.state);
    }
    const progress = document.getElementById('progress');
    if (progress && progress.value !== ended)
        progress.value = ended;
    over = is.over;
    look();
}

function look() {
    const wanted = !over && !document.hidden;
    if (coming && !wanted) {
        coming.close();
        coming = null;
    } else if (!coming && wanted) {
        coming = new EventSource(page.dataset.live + '?after=' + known);
        coming.onmessage = show;
    }
}

document.addEventListener('visibilitychange', look);
look();
