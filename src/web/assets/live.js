// A case goes on while its page is open: states and progress are written where they stand. What is
// being ticked or typed is left alone.
'use strict';

const page = document.getElementById('case');
const coming = new EventSource(page.dataset.live);

coming.onmessage = message => {
    const is = JSON.parse(message.data);
    let ended = 0;
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
};
