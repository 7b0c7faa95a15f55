/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes in Markdown, on a canvas: paragraphs, `# headings`, lists with `-` or
 * `1.`, **bold**, `code`, and lines indented by four spaces or between ```
 * fences, which stay as they are. Everything else is text.
 */
#pragma once

#include "viz/canvas/canvas.h"

/* Wraps to the box from line y on, skipping `skip` lines; draws what fits;
 * returns how many lines the whole text has. */
int markdown_draw(struct canvas *c, int y, int skip, const char *text);
