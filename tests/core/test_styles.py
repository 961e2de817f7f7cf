"""What leaves the house as a style sheet or a script: whole, small, ours."""

from pathlib import Path

import brotli
import pytest
from django.conf import settings

from core.staticfiles import ENTRIES, BundledManifestStorage
from core.styles import bundle

STATIC = settings.BASE_DIR / "static"


def write(folder: Path, **sheets: str) -> Path:
    for name, text in sheets.items():
        path = folder / name.replace("__", "/").replace("_css", ".css")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder / "entry.css"


def test_imports_stand_where_they_were_and_keep_their_layer(tmp_path: Path):
    entry = write(
        tmp_path,
        entry_css='/* why */\n@layer base, parts;\n@import url("a.css") layer(base);\n@import url("b.css");\n.last { color: red; }\n',
        a_css="a, b > i { color: red; margin: 0 1px }",
        b_css=".b::before { content: ''; }",
    )
    assert (
        bundle(entry)
        == "@layer base,parts;@layer base{a,b>i{color:red;margin:0 1px}}.b::before{content:''}.last{color:red}"
    )


def test_addresses_of_an_imported_sheet_become_relative_to_the_entry(tmp_path: Path):
    entry = write(
        tmp_path,
        entry_css='@import url("parts/c.css");',
        parts__c_css='.c { background: url("../../img/x.svg"); mask: url("data:,y"); }',
    )
    assert bundle(entry) == '.c{background:url("../img/x.svg");mask:url("data:,y")}'


def test_an_import_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        bundle(write(tmp_path, entry_css='@import url("gone.css");'))


def test_the_storage_delivers_bundles_and_modules_that_find_each_other(tmp_path: Path):
    from django.contrib.staticfiles.finders import FileSystemFinder

    storage = BundledManifestStorage(location=tmp_path)
    paths = {}
    for name, source in FileSystemFinder().list([]):
        prefixed = f"{source.prefix}/{name}" if source.prefix else name
        if prefixed.startswith(("css/", "js/", "img/", "fonts/")):
            paths[prefixed] = (source, name)
            with source.open(name) as file:
                storage.save(prefixed, file)
    problems = [result for _, _, result in storage.post_process(paths) if isinstance(result, Exception)]
    assert problems == []
    for entry in ENTRIES:
        assert (tmp_path / storage.stored_name(entry)).read_text().count("@import") == 0
    script = (tmp_path / storage.stored_name("js/bisat.js")).read_text()
    assert f'import "./{Path(storage.stored_name("js/toasts.js")).name}";' in script
    for name in (*ENTRIES, "js/bisat.js"):  # what is sent is compressed, its source is not
        assert [(tmp_path / f"{made}.br").exists() for made in (storage.stored_name(name), name)] == [True, False]


def test_the_sheet_every_page_wears_stays_within_its_budget():
    assert len(brotli.compress(bundle(STATIC / "css" / "bisat.css").encode(), quality=11)) <= 10 * 1024


def test_scripts_stay_within_their_budget():
    ours = b"".join(path.read_bytes() for path in sorted((STATIC / "js").glob("*.js")))
    theirs = (settings.BASE_DIR / "node_modules/htmx.org/dist/htmx.min.js").read_bytes()
    assert len(brotli.compress(ours + theirs, quality=11)) <= 25 * 1024


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in sorted((STATIC / "css").rglob("*.css"))])
def test_every_sheet_is_imported_once(path: Path):
    imports = [
        line for entry in ENTRIES for line in (STATIC / entry).read_text().splitlines() if line.startswith("@import")
    ]
    name = path.relative_to(STATIC / "css").as_posix()
    used = sum(f'url("{name}")' in line for line in imports)
    assert used == (0 if f"css/{name}" in ENTRIES else 1)
