#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Draws the gallery: every panel and the main views, over fixed scenarios at
# fixed moments, without a display. Usage: gallery.sh BUILD FOLDER
set -eu
build=$1
to=$2
mkdir -p "$to"
rm -f "$to"/*.png "$to"/*.svg "$to"/*.txt
fault=scenarios/03_name_is_not_a_right.lua
turns=tests/viz/turns.lua
calls=tests/os/portals.lua
misses=':stop fm<enter>eeee' # to a load that misses the TLB and is let through

draw() { # draw NAME.ENDING SCENARIO OPTIONS...
    name=$1
    scenario=$2
    shift 2
    "$build/opalite-gui" "$scenario" --screenshot "$to/$name" "$@"
}

# One panel each, light, on the scenario that has something to show there.
panel() { # panel NAME[_ASPECT] SCENARIO OPTIONS...
    panel=$1
    shift
    draw "panel_$panel.png" "$@" --panel "${panel%%_*}" --size 960x420 --theme light
}
panel code $fault --at fault:2
panel access $turns --at switch:5 --keys "$misses"
panel registers $fault --at fault:2
panel TLB $turns --at switch:60
panel protection $turns --at switch:60
panel caches $turns --at switch:60
panel map $fault --at fault:2
panel rights $fault --at fault:2
panel fault $fault --at fault:2
panel timeline $calls --at cycle:470000 --keys '):cursor a 324430<enter>:cursor b 375570<enter>i:bookmark second-call 326884<enter>'
panel timeline_threads $calls --at cycle:470000 --keys '):lanes thread<enter>'
panel timeline_beside $turns --at switch:60 --keys '))))))):compare mas<enter>:pane timeline<enter>z'
panel events $fault --at fault:2
panel cycles $turns --at switch:60 --keys w
panel switches $turns --at switch:60 --keys 'w:ghost mas-asid<enter>'
panel ratios $turns --at end
panel ratios_one $turns --at end --keys ':ratio l1d<enter>'
panel compare $turns --at switch:60 --keys a
panel notes $fault --at fault:2
panel console $fault --at end
panel graph tests/viz/deadlock.lua --at end --keys ':graph waits<enter>'

# The sets as they stand in the window, in both themes.
for theme in dark light; do
    draw "run_$theme.png" $fault --at fault:2 --panel run --theme $theme
    draw "memory_$theme.png" $turns --at switch:5 --panel memory --theme $theme --keys "$misses"
done
draw space_dark.png $fault --at fault:2 --panel space
draw space_mas.png $turns --at switch:60 --panel space --set protection=mas
draw cost_light.png $turns --at switch:60 --panel cost --theme light --keys w
draw time_dark.png $turns --at switch:60 --panel time --keys "))))))"
draw ab_dark.png $turns --at switch:60 --panel a/b --keys 'a)))))))'
draw ab_light.png $turns --at switch:60 --panel a/b --keys 'a)))))))' --theme light
draw text_light.png $fault --at fault:2 --panel text --theme light
draw run.svg $fault --at fault:2 --panel run --theme light
draw graph_dark.png $fault --at fault:2 --panel graph --keys '8te'
draw graph_light.png $turns --at switch:60 --theme light --keys ':graph rights<enter>:select segment shared<enter>'
draw map_scale.png $turns --at switch:60 --panel map --theme light --size 960x420 --keys ')'
draw map.svg $fault --at fault:2 --panel map --theme light --size 960x420

# The terminal, for those who read with a program.
"$build/opalite-tui" $fault --size 132x43 --script ' ' >"$to/terminal.txt"
echo "gallery: $(ls "$to" | wc -l) pictures in $to, $(du -sh "$to" | cut -f1)"
