// A page that the browser brings back as it was is asked for anew when nobody is signed in any more.
'use strict';

addEventListener('pageshow', async event => {
    if (event.persisted && (await fetch(location.href, {method: 'HEAD', redirect: 'manual'})).type === 'opaqueredirect')
        location.reload();
});
