// A step done, an inventory read back and accepted, all with a keyboard: no mouse, and nothing pressed by a program. What
// has the focus is seen, wherever it is, and is left again.
import { Person, browser, check, folder } from './browser.mjs';
import fs from 'node:fs';

const codes = JSON.parse(fs.readFileSync(folder + '/codes.json', 'utf8'));
const sara = await Person.enrolled(codes.s1);
const {page} = sara;

// What has the focus: what it is, and whether that is seen.
const focus = () => page.evaluate(() => {
    const at = document.activeElement;
    if (!at || at === document.body)
        return null;
    const box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const inside = box.width > 0 && box.height > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
    const marked = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    return {what: at.outerHTML.slice(0, 120), seen: inside && marked && style.visibility === 'visible'};
});
const is = selector => page.evaluate(selector => document.activeElement.matches(selector), selector);
const press = async key => {
    await page.keyboard.press(key);
    const at = await focus();
    check(at === null || at.seen || await is('#main'), `after ${key}, nobody sees that the focus is at ${at?.what} on ${sara.at}`);
    return at;
};
const go = key => Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);

// From here on until the selector's has the focus; on the way, what is folded up around it is opened.
async function tabTo(selector) {
    check(await page.$(selector) !== null, `${selector} is on ${sara.at}: ${await sara.text()}`);
    for (let n = 0; n < 400; n++) {
        await press('Tab');
        if (await is(selector))
            return;
        const folded = await page.evaluate(selector => {
            const at = document.activeElement, around = at.parentElement;
            return at.localName === 'summary' && !around.open && around.querySelector(selector) !== null;
        }, selector);
        if (folded)
            await press('Enter');
    }
    throw new Error(`no way with Tab to ${selector} on ${sara.at}`);
}

// All that takes the focus, once around: each once, and then what the browser has around the page.
async function around() {
    let reached = 0;
    const here = sara.at;
    await page.goto('about:blank'); // and back, from the top
    await sara.go(here);
    for (let n = 0; n < 600; n++) {
        await press('Tab');
        const at = await page.evaluate(() => {
            window.tabbed ??= new Set();
            const at = document.activeElement, fresh = !window.tabbed.has(at);
            window.tabbed.add(at);
            return at === document.body ? 'body' : fresh ? 'new' : 'again';
        });
        if (at !== 'new')
            break;
        reached++;
    }
    const all = await page.evaluate(() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
        .filter(one => one.checkVisibility({contentVisibilityAuto: true}) && !one.disabled && one.tabIndex >= 0 && !window.tabbed.has(one) &&
            !(one.type === 'radio' && [...window.tabbed].some(at => at.name === one.name))).map(one => one.outerHTML.slice(0, 100)));
    check(all.length === 0, `never reached on ${sara.at}: ${all}`);
    return reached;
}

// A form from its beginning to its button; a file is chosen in what the browser opens for it.
async function fill(values) {
    const left = new Set(Object.keys(values));
    await page.evaluate(() => document.getElementById('main').focus());
    for (let n = 0; n < 100; n++) {
        await press('Tab');
        const {name, type, button} = await page.evaluate(() => {
            const at = document.activeElement;
            return {name: at.name, type: at.type, button: at.matches('form.act p > button:not([name])')};
        });
        if (button)
            break;
        if (!left.delete(name))
            continue;
        if (type === 'file') {
            const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
            await chooser.setFiles(values[name]);
        } else if (type === 'checkbox') {
            await press('Space');
        } else {
            await page.keyboard.insertText(values[name]);
        }
    }
    check(await is('form.act p > button:not([name])'), 'a form ends with its button');
    left.delete('irreversible'); // not every step is
    check(left.size === 0, `${[...left]} are in no form on ${sara.at}`);
}

async function sign() {
    check(sara.at.startsWith('/sign/'), `what is to be signed, not ${sara.at}: ${await sara.text()}`);
    await tabTo('form[data-passkey] button.first');
    await go('Enter');
    check(sara.at.startsWith('/done/') && (await sara.text()).includes('in the log'), await sara.text());
}

// Past what stands on top.
await sara.go('/handovers/case');
await press('Tab');
check(await is('a.skip'), 'the first is the way to the content');
await page.keyboard.press('Enter');
check(await is('#main'), 'which leads there');
await press('Tab');
check(await page.evaluate(() => document.getElementById('main').contains(document.activeElement)), 'and on from there');

check(await around() > 20, 'there is much on the page of a case');

// A step is ticked, with a file that shows it, and signed.
await sara.go('/handovers/case');
const step = await page.$$eval('.steps li', all => all.find(li => li.querySelector('.state').dataset.state === 'ready' && li.querySelector('input') && li.querySelector('a[href="/people/s1"]'))?.dataset.step);
check(step, 'she has a step to do: ' + await sara.text('#steps'));
await tabTo(`#step-${step} input`);
await press('Space');
check(await page.isChecked(`#step-${step} input`), 'it is ticked');
await tabTo('#ticked button:not([formaction])');
await go('Enter');
check(sara.at.startsWith('/do/step/finish'), sara.at);
await around();
await fill({note: 'done as the playbook says', file: folder + '/shot.png', irreversible: true});
await go('Enter');
await sign();

// What is taken over is read back, accepted and signed.
await sara.go('/handovers/case');
await tabTo('#accounts a[href*="/inventory"]');
await go('Enter');
const inventory = await sara.text('pre');
await tabTo('main a.first');
await go('Enter');
check(sara.at.startsWith('/do/handover/accept'), sara.at);
await fill({restate: '2 accounts: ' + inventory.replaceAll('\n', ' ')});
await go('Enter');
await sign();
await sara.go('/handovers/case');
check((await sara.text('#accounts')).includes('yes'), 'it is accepted: ' + await sara.text('#accounts'));
sara.quiet();
await browser.close();
