using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Declaration;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Creating models and naming what they hold.</summary>
sealed partial class Interpreter
{
    readonly Dictionary<object, string> layerPaths = new(ReferenceComparer.Instance);
    readonly Dictionary<object, PrecisionLevel?> layerPrecisions = new(ReferenceComparer.Instance);
    bool isConstructing;

    /// <summary>Where each parameter was made: the field of the model that holds it or its layer.</summary>
    public Dictionary<Value, (ModelDeclaration Declaration, int Node)> Places { get; } = [];

    /// <summary>Fields that say [Frozen], with the path of what they hold.</summary>
    public List<(string Path, ModelDeclaration Declaration, int Node)> FrozenFields { get; } = [];

    /// <summary>Fields that say [Precision], with the path of what they hold.</summary>
    public List<(string Path, PrecisionLevel Level, ModelDeclaration Declaration, int Node)> PrecisionFields
    {
        get;
    } = [];

    /// <summary>A root with named parameters.</summary>
    public ModelInstance CreateRoot(ModelDeclaration root)
    {
        var frame = new Frame(new ModelInstance(root), root, null, null);
        ModelInstance model = Create(root, [], frame, -1);
        Name(model, "", (root, -1), [], null);
        return model;
    }

    ModelInstance Create(ModelDeclaration declaration, object?[] arguments, Frame caller, int index)
    {
        var instance = new ModelInstance(declaration) { Row = recorder.OpenRows };
        if (depth > DeepestCall)
        {
            Fail("MC0010", caller, index,
                $"{declaration.Name} holds itself without end: give it a count, or use Repeat");
            foreach (FieldDeclaration field in declaration.Fields) instance.Fields[field.Name] = Failed.Value;
            return instance;
        }
        depth++;
        for (int i = 0; i < declaration.Parameters.Count; i++) instance.Arguments[declaration.Parameters[i]] =
            i < arguments.Length ? arguments[i] : null;
        var frame = new Frame(instance, declaration, null, index < 0 ? null : SiteOf(declaration, caller, index))
        {
            Row = recorder.OpenRows,
        };
        foreach (FieldDeclaration field in declaration.Fields)
        {
            string scope = recorder.Scope;
            recorder.Scope = field.Name;
            instance.Fields[field.Name] = Evaluate(field.Initializer, frame);
            recorder.Scope = scope;
        }
        if (declaration.Constructor >= 0)
        {
            bool outer = isConstructing;
            int failuresBefore = failures;
            isConstructing = true;
            Evaluate(declaration.Constructor, frame);
            isConstructing = outer;
            // What a failed constructor did not get to is not null, but unknown.
            if (failures > failuresBefore)
                foreach (FieldDeclaration field in declaration.Fields) instance.Fields[field.Name] ??= Failed.Value;
        }
        depth--;
        return instance;
    }

    /// <summary>
    /// Gives parameters and layers their field paths and precision; what is held twice keeps its first.
    /// </summary>
    void Name(object? value, string path, (ModelDeclaration Declaration, int Node) place, HashSet<object> seen,
        PrecisionLevel? precision)
    {
        switch (value)
        {
            case Tensor tensor:
                Name(tensor, path, place);
                break;
            case ModelInstance model when seen.Add(model):
                model.Path = path;
                // The innermost counts: a class stands inside the field that holds an object of it.
                model.Precision = precision = model.Declaration.Precision ?? precision;
                foreach (string parameter in CapturedParameters.Of(model.Declaration))
                    if (model.Arguments.TryGetValue(parameter, out object? captured)) Name(captured,
                        Join(path, Leaf(parameter)), place, seen, precision);
                foreach (FieldDeclaration field in model.Declaration.Fields)
                {
                    var at = model.Declaration.IsImported ? place : (model.Declaration, field.Initializer);
                    if (model.Fields.TryGetValue(field.Name, out object? held)) Name(held, Join(path, Leaf(field.Name)),
                        at, seen, field.Precision ?? precision);
                    if (field.Precision is { } level)
                        PrecisionFields.Add((Join(path, Leaf(field.Name)), level, at.Item1, at.Item2));
                    if (field.IsFrozen) FrozenFields.Add((Join(path, Leaf(field.Name)), at.Item1, at.Item2));
                }
                break;
            case Array array:
                for (int i = 0; i < array.Length; i++) Name(array.GetValue(i), $"{path}.{IndexOf(array, i)}", place,
                    seen, precision);
                break;
            case not null and not (ModelInstance or string or Failed or TupleValue or LambdaValue or CollectedTensors
                or ValueType or Shape or TensorBase) when seen.Add(value):
                (layerPaths[value], layerPrecisions[value]) = (path, precision);
                foreach ((string name, Tensor parameter) in ParameterNames.Of(value, path, IndexOf))
                    Name(parameter, name, place);
                break;
        }
    }

    void Name(Tensor parameter, string path, (ModelDeclaration Declaration, int Node) place)
    {
        if (!parameter.Value.Is(Structure.Parameter) || parameter.Value.Name.Length > 0) return;
        parameter.Value.Name = path;
        Places[parameter.Value] = place;
    }

    static string IndexOf(Array array, int element) => Operators.StackOf(array)?.PartOf(element)
        ?? element.ToString(System.Globalization.CultureInfo.InvariantCulture);

    static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    static string Leaf(string field) => char.ToLowerInvariant(field[0]) + field.Substring(1);
}
