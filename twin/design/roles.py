"""What each product of the file is to an inspection: building, movable, ground, or nothing that can be seen.

The class decides. Only where the class says nothing (proxies, geographic elements, assemblies, transport) the names
decide: the element's own, its type's and its presentation layer's. A word for structure outranks every other, because a
wall taken for a tree would hide what is missing, whereas a tree taken for a wall is only noise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from twin.design.model import Role

_UNSEEN = (
    "IfcFeatureElementSubtraction",
    "IfcSurfaceFeature",
    "IfcVirtualElement",
    "IfcReinforcingElement",
    "IfcAnnotation",
    "IfcGrid",
    "IfcPort",
    "IfcPositioningElement",
    "IfcLinearElement",
    "IfcStructuralActivity",
    "IfcStructuralItem",
)
"""Without a body in the world, or inside concrete. Spatial zones and spaces are no IfcElement in the first place."""

_MOVABLE = (
    "IfcFurnishingElement",
    "IfcVehicle",
    "IfcElectricAppliance",
    "IfcAudioVisualAppliance",
    "IfcCommunicationsAppliance",
    "IfcMobileTelecommunicationsAppliance",
)
_GROUND = (
    "IfcSite",
    "IfcCivilElement",
    "IfcEarthworksElement",
    "IfcEarthworksCut",
    "IfcGeotechnicalElement",
    "IfcGeotechnicalStratum",
    "IfcGeographicElement",
    "IfcPavement",
    "IfcCourse",
    "IfcKerb",
)
_NAMED = ("IfcBuildingElementProxy", "IfcProxy", "IfcGeographicElement", "IfcElementAssembly", "IfcTransportElement")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRUCTURE_WORDS = _words(
    "wall slab roof column beam floor stair ramp railing facade façade panel window door ceiling balcony parapet "
    "foundation footing garage carport parking park port lift elevator barrier gate fence grate pit canopy "
    "wand decke dach stütze balken boden treppe fassade fenster tür geländer "
    "mur dalle toit poteau poutre plancher escalier façades fenêtre porte "
    "muur vloer dak kolom balk trap gevel raam deur muro losa cubierta columna viga"
)
_MOVABLE_WORDS = _words(
    "furniture furnishing chair armchair table desk sofa couch bed mattress wardrobe bookcase bookshelf stool "
    "tree trees shrub shrubs bush bushes hedge plants planting vegetation foliage entourage "
    "car cars vehicle vehicles truck lorry bicycle bike motorcycle person people human pedestrian man woman "
    "möbel stuhl tisch sessel bett schrank baum bäume strauch busch pflanze pflanzen pkw lkw fahrzeug fahrrad "
    "mensch personen "
    "meuble mobilier chaise arbre arbres arbuste plante voiture véhicule vélo personne "
    "meubel meubilair stoel tafel boom bomen struik beplanting voertuig fiets persoon "
    "mueble mobiliario silla mesa cama árbol arbusto coche vehículo"
)
"""Words that mean a part of the building in another language or trade are left out: planta, bus, van, bureau, bank."""
_GROUND_WORDS = _words(
    "terrain topography topo toposolid toposurface earthworks lawn grass pavement sidewalk kerb "
    "gelände erdreich rasen gehweg terrein maaiveld gras tuin pelouse trottoir terreno césped"
)
_STRUCTURE_HAN = re.compile(r"[墙板柱梁窗门顶梯]|屋面|楼|库|坡道|车位|栏杆|基础")
_MOVABLE_HAN = re.compile(r"家具|[桌椅]|沙发|衣柜|乔木|灌木|树木|树$|植物|植被|绿植|汽车|轿车|车辆|自行车|人物|行人")
_GROUND_HAN = re.compile(r"地形|场地|土方|草地|草坪|道路|路面")
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z])")


def role_of(product: Any) -> Role | None:
    """Role of an IFC product, or None where it is no visible part of the approved building."""
    if _is_any(product, _UNSEEN) or not _is_any(product, ("IfcElement", "IfcSite", "IfcProxy")):
        return None
    if _is_any(product, _MOVABLE):
        return Role.MOVABLE
    kind = str(getattr(product, "PredefinedType", None) or "")
    for ifc_class, kinds, role in _KINDS:
        if product.is_a(ifc_class) and kind in kinds:
            return role
    return _role_of_type(product) or (Role.GROUND if _is_any(product, _GROUND) else Role.BUILDING)


_KINDS = (
    ("IfcGeographicElement", ("VEGETATION",), Role.MOVABLE),
    ("IfcGeographicElement", ("SOIL_BORING_POINT",), None),
    ("IfcSlab", ("PAVING", "SIDEWALK"), Role.GROUND),
)
"""Predefined types that say more than the class."""


def _role_of_type(product: Any) -> Role | None:
    """What type and names say, where the class alone says too little."""
    if not _is_any(product, (*_NAMED, "IfcDistributionElement")):
        return None
    kind = _type_of(product)
    if kind is not None and _is_any(kind, [f"{name}Type" for name in _MOVABLE]):
        return Role.MOVABLE
    return role_of_names(_names(product, kind)) if _is_any(product, _NAMED) else None


def role_of_names(names: Iterable[str]) -> Role | None:
    """Role that names in several languages speak of, or None where they say nothing."""
    text = " ".join(names)
    words = {word.lower() for word in _WORD.findall(_CAMEL.sub(" ", text))}
    if words & _STRUCTURE_WORDS or _STRUCTURE_HAN.search(text):
        return None
    if words & _MOVABLE_WORDS or _MOVABLE_HAN.search(text):
        return Role.MOVABLE
    if words & _GROUND_WORDS or _GROUND_HAN.search(text):
        return Role.GROUND
    return None


def _is_any(product: Any, classes: Iterable[str]) -> bool:
    return any(product.is_a(name) for name in classes)


def _type_of(product: Any) -> Any | None:
    from ifcopenshell.util.element import get_type

    kind = get_type(product)
    return None if kind == product else kind


def _names(product: Any, kind: Any | None) -> list[str]:
    from ifcopenshell.util.element import get_layers

    names = [product.Name, product.ObjectType]
    if kind is not None:
        names += [kind.Name, getattr(kind, "ElementType", None)]
    names += [layer.Name for layer in get_layers(product.file, product)]
    return [str(name) for name in names if name]
