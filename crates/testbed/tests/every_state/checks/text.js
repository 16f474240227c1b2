// Text that is cut without an ellipsis, or with one where there is room; and a page that is wider than its window.
(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
    const cuts = overflow => overflow === 'hidden' || overflow === 'clip';
    const scrolls = overflow => overflow === 'auto' || overflow === 'scroll';
    // Text of one pixel is for those who listen.
    const seen = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
        && !element.closest('[inert]') && element.getBoundingClientRect().width > 1
        && !element.matches('.skip:not(:focus)');
    for (const element of document.body.querySelectorAll('*')) {
        const texts = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!texts.length || !seen(element)) continue;
        const range = document.createRange();
        const rects = texts.flatMap(text => (range.selectNodeContents(text), [...range.getClientRects()]));
        const said = `'${element.innerText?.trim().slice(0, 60)}'`;
        const why = rects.map(rect => {
            let [across, down] = [true, true];
            for (let box = element; box && box !== document.body; box = box.parentElement) {
                const [style, edge] = [getComputedStyle(box), box.getBoundingClientRect()];
                if (scrolls(style.overflowX)) across = false;
                if (scrolls(style.overflowY)) down = false;
                if (style.textOverflow === 'ellipsis') across = false;
                if (style.webkitLineClamp !== 'none') down = false;
                if (across && cuts(style.overflowX) && (rect.right > edge.right + 1 || rect.left < edge.left - 1))
                    return `is cut at the side of ${box.tagName}.${box.className}`;
                if (down && cuts(style.overflowY) && (rect.bottom > edge.bottom + 2 || rect.top < edge.top - 2))
                    return `is cut by the height of ${box.tagName}.${box.className}`;
            }
            if (across && (rect.right > document.documentElement.clientWidth + 1 || rect.left < -1)) return 'leaves the screen at its side';
            if (down && (rect.bottom > innerHeight + 1 || rect.top < -1)) return 'leaves the screen';
            return null;
        }).find(why => why);
        if (why) found.push(`${said} ${why}`);
    }
    // An ellipsis is right only where nothing is left beside it, and in no dialog: that one can grow.
    for (const element of document.querySelectorAll('h1, dialog[open] *')) {
        const style = getComputedStyle(element);
        if (element.scrollWidth <= element.clientWidth || style.textOverflow !== 'ellipsis' || !seen(element)) continue;
        const { right, top, bottom } = element.getBoundingClientRect();
        const beside = [...document.querySelectorAll('header :is(a, button, span)')]
            .map(other => other.getBoundingClientRect())
            .filter(other => other.width > 1 && other.left >= right && other.top < bottom && other.bottom > top);
        const room = Math.min(root.clientWidth, ...beside.map(other => other.left)) - right;
        if (room > 24 || element.closest('dialog')) found.push(`'${element.innerText.trim().slice(0, 60)}' ends in an ellipsis`);
    }
    return found;
})()
