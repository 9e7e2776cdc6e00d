// The passkey's prompt: the only thing that a page cannot do without a script. It fills in a form
// that says what it wants with data-passkey, and sends it.
'use strict';

const bytesOf = text => Uint8Array.from(
    atob(text.replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
const textOf = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

const named = (form, attribute) =>
    [...form.querySelectorAll('[data-' + attribute + ']')].map(at => at.dataset[attribute]);

async function sign(form) {
    const credentials = named(form, 'credential');
    const lines = named(form, 'line');
    const given = await navigator.credentials.get({publicKey: {
        challenge: bytesOf(form.dataset.challenge),
        rpId: form.dataset.rp,
        allowCredentials: credentials.map(id => ({type: 'public-key', id: bytesOf(id)})),
        userVerification: 'required',
    }});
    form.elements.authenticator_data.value = textOf(given.response.authenticatorData);
    form.elements.client_data.value = textOf(given.response.clientDataJSON);
    form.elements.signature.value = textOf(given.response.signature);
    form.elements.credential.value = textOf(given.rawId);
    if (form.elements.line)
        form.elements.line.value = lines[credentials.indexOf(textOf(given.rawId))] || '';
}

async function make(form) {
    const {challenge, rp, user, name, ref} = form.dataset;
    const made = await navigator.credentials.create({publicKey: {
        challenge: bytesOf(challenge),
        rp: {id: rp, name: 'Tenure'},
        user: {id: bytesOf(user), name: ref, displayName: name || ref},
        pubKeyCredParams: [-8, -7, -257].map(alg => ({type: 'public-key', alg})),
        authenticatorSelection: {residentKey: 'required', userVerification: 'required'},
        attestation: 'none',
    }});
    form.elements.attestation.value = textOf(made.response.attestationObject);
    form.elements.client_data.value = textOf(made.response.clientDataJSON);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
    const trouble = form.querySelector('[data-say]');
    form.addEventListener('submit', async event => {
        event.preventDefault();
        if (form.dataset.busy)
            return;
        form.dataset.busy = 'yes';
        trouble.hidden = true;
        try {
            await (form.dataset.passkey === 'create' ? make(form) : sign(form));
            form.submit();
        } catch (error) {
            trouble.textContent = trouble.dataset.say + ' (' + error.name + ')';
            trouble.hidden = false;
            delete form.dataset.busy;
        }
    });
}
