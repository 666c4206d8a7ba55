"""Recognises files that run, install or open something when they are opened: these never pass, whoever asks.

Sources: the attachment types blocked by Outlook (Microsoft Support, "Blocked attachments in Outlook") and Gmail
(Google Workspace Help, "File types blocked in Gmail"), as of 2026-11; the programs and packages of macOS, Linux,
Android and iOS; and the first octets of their formats.
"""

from __future__ import annotations

_EXTENSIONS = frozenset(
    str.split("""
        ade adp apk app appcontent-ms application appref-ms appx appxbundle asp aspx asx bas bat bgi cab cdxml cer chm
        cmd cnt com cpl crt csh der diagcab diagcfg diagpkg dll dmg ex ex_ exe fxp gadget grp hlp hpj hta htc img inf
        ini ins iso isp its jar jnlp js jse ksh lib library-ms lnk mad maf mag mam maq mar mas mau mav maw mcf mda mdb
        mde mdt mdw mdz mht mhtml msc msh msh1 msh1xml msh2 msh2xml mshxml msi msix msixbundle msp mst msu nsh ops osd
        pcd pif pl plg prf prg printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 pssc pst py pyc pyo pyw pyz pyzw
        rdg rdp reg scf scr sct search-ms searchconnector-ms settingcontent-ms shb shs sys theme themepack tmp udl url
        vb vbe vbp vbs vhd vhdx vsmacros vsw vxd webpnp website wim ws wsc wsf wsh xbap xll xnk

        action bundle command fileloc inetloc ipa kext mpkg osax pkg plugin prefpane scpt scptd service terminal webloc
        workflow

        appimage bin deb desktop elf flatpak flatpakref ko out rpm run sh snap so

        aab class crx dex ear iqy odc one onepkg onetoc2 oqy oxt rqy slk swf vsix war wasm xap xapk xlam xpi
    """)
)

_BEGINNINGS = (
    b"MZ",  # DOS and Windows
    b"\x7fELF",
    *(b"\xca\xfe\xba\xbe", b"\xca\xfe\xd0\x0d"),  # Java; Mach-O for several processors
    *(b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf"),  # Mach-O
    b"#!",
    *(b"dex\n", b"\0asm", b"\x1bLua", b"BC\xc0\xde"),
    b"L\0\0\0\x01\x14\x02\0",  # a Windows shortcut (MS-SHLLINK 2.1)
    *(b"ITSF", b"?_\x03\x00", b"regf"),
    *(b"!<arch>", b"\xed\xab\xee\xdb", b"xar!", b"hsqs"),  # packages
    *(b"conectix", b"vhdxfile", b"MSWIM\0\0\0", b"KDMV", b"QFI\xfb"),  # disks
    *(b"FWS", b"CWS", b"ZWS"),
    b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d",  # OneNote, which holds files that run
    *(b"Cr24", b"\x00\x01\x00\x00Standard Jet DB", b"\x00\x01\x00\x00Standard ACE DB", b"!BDN"),
)
_ISO_MARK, _ISO_AT = b"CD001", 32769
_DMG_MARK, _DMG_FROM_END = b"koly", 512


def is_program(filename: str | None, content: bytes) -> bool:
    """Whether a file is a program, a package, a disk image, a shortcut or a script, by its name or its octets. A
    name's last extension counts; blanks and dots at its end do not, as Windows ignores them."""
    name = (filename or "").rstrip(" .\u00a0").lower()
    stem, dot, extension = name.rpartition(".")
    if dot and (extension in _EXTENSIONS or (not stem and name[1:] in _EXTENSIONS)):
        return True
    if content.startswith(_BEGINNINGS):
        return True
    return content[_ISO_AT:].startswith(_ISO_MARK) or content[-_DMG_FROM_END:].startswith(_DMG_MARK)
