// A link to an invitation has its code behind '#', where no server and no proxy sees it: it goes into
// the form, and out of the address. It counts more than what the page shows, which may be the
// invitation of whoever was at this browser before.
'use strict';

const code = document.getElementById('f-code');

function textOfLink() {
    const text = location.hash.slice(1);
    try {
        return decodeURIComponent(text);
    } catch {
        return text; // it is no code: that is said
    }
}

function takeLink() {
    if (location.hash.length < 2)
        return;
    document.querySelector('form[data-passkey]')?.remove();
    code.value = textOfLink();
    history.replaceState(null, '', location.pathname);
    code.form.requestSubmit();
}

addEventListener('hashchange', takeLink);
takeLink();
