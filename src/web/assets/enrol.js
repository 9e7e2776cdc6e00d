// A link to an invitation has its code behind '#', where no server and no proxy sees it: it goes into
// the form, and out of the address.
'use strict';

const code = document.getElementById('f-code');
if (code && location.hash.length > 1) {
    code.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, '', location.pathname);
    code.form.requestSubmit();
}
