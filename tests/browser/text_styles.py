"""The styles of text on a page: what decides about contrast, and how it stands beside what axe has passed.

A contrast is that of colours, sizes and what is painted behind. Two texts in which all of that is alike have the same
one, in whichever theme and at whichever width: where axe has passed each of a page's, it need not judge them again.
"""

from __future__ import annotations

from typing import Final

STYLE_OF: Final = """(() => {
  const known = new Map();
  const behind = (element) => {
    if (!element) return "";
    if (known.has(element)) return known.get(element);
    const style = getComputedStyle(element);
    const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode,
      style.backdropFilter, style.position, style.clipPath].join(";");
    const plain = own === "rgba(0, 0, 0, 0);none;1;none;normal;none;static;none";
    const all = behind(element.parentElement) + (plain ? "" : "<" + own);
    known.set(element, all);
    return all;
  };
  const painted = (style) => style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.backgroundImage !== "none";
  const under = (element) => {
    const box = element.getBoundingClientRect();
    const stack = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const found = stack.slice(stack.indexOf(element)).find((each) => painted(getComputedStyle(each)));
    return !found || found.contains(element) ? "" : "over" + behind(found);
  };
  return (element) => {
    const style = getComputedStyle(element), all = behind(element);
    return [style.color, style.fontSize, style.fontWeight, style.textShadow, style.webkitTextFillColor,
      style.webkitTextStroke].join(";") + all + (/absolute|fixed|sticky/.test(all) ? under(element) : "");
  };
})()"""
"""A function of one element: all that its text's contrast comes of, through everything it stands in or is laid over."""

STYLES: Final = f"""() => {{
  const styleOf = {STYLE_OF}, found = new Set();
  for (const element of document.body.querySelectorAll("*")) {{
    const typed = element.matches("input, select, textarea");
    if (!typed && ![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 1)) continue;
    if (element.matches(":disabled, script, style, template, option, input:is([type=hidden], [type=checkbox], [type=radio])")) continue;
    if (!element.checkVisibility({{opacityProperty: true, visibilityProperty: true}})) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || box.right + scrollX <= 0 || box.bottom + scrollY <= 0) continue;
    const style = styleOf(element);
    if (!style.includes("inset(50%)")) found.add(style);
  }}
  return [...found];
}}"""  # noqa: E501
"""Those of the texts that can be seen. axe has nothing to say of one letter, of what is switched off, stands above or
left of the page, is a line too thin for letters, or is cut off for all but screen readers."""
