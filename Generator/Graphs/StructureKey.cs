using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text;
using ModelCompiler.Declaration;
using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>
/// A text that is equal for two layers exactly where one recorded body serves both: the same classes, constants and
/// initial numbers' distributions, parameters of their own of the same shapes, and the same tensors from outside.
/// </summary>
/// <param name="firstOwn">The first value recorded while the layer was made: tensors from there on are its own.</param>
/// <param name="firstOfAll">
/// The first value recorded for the row of layers; between both lies what belongs to another layer.
/// </param>
sealed class StructureKey(int firstOwn, int firstOfAll)
{
    readonly Dictionary<object, int> seen = new(ReferenceComparer.Instance);
    readonly StringBuilder text = new();
    bool isUnique;

    /// <summary>
    /// The text; null where the layer shares something with another one of the row, or holds what cannot be compared.
    /// </summary>
    public static string? Of(object layer, int firstOwn, int firstOfAll)
    {
        var key = new StructureKey(firstOwn, firstOfAll);
        key.Add(layer);
        return key.isUnique ? null : key.text.ToString();
    }

    void Add(object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string words:
                text.Append('"').Append(words.Length).Append(':').Append(words);
                break;
            case TensorBase tensor:
                Add(tensor.Value);
                break;
            case Shape or Failed or Enum:
                text.Append(value.GetType().Name).Append(value);
                break;
            case double or float:
                text.Append(((IFormattable)value).ToString("R", CultureInfo.InvariantCulture))
                    .Append(value.GetType().Name);
                break;
            case ValueType and IFormattable number when value.GetType().IsPrimitive:
                text.Append(number.ToString(null, CultureInfo.InvariantCulture)).Append(value.GetType().Name);
                break;
            case bool or char or Dim:
                text.Append(value);
                break;
            case not ValueType when seen.TryGetValue(value, out int before):
                text.Append('^').Append(before);
                break;
            default:
                if (value is not ValueType) seen.Add(value, seen.Count);
                AddParts(value);
                break;
        }
        text.Append(';');
    }

    void AddParts(object value)
    {
        text.Append('{');
        switch (value)
        {
            case ModelInstance model:
                text.Append(model.Declaration.FullName);
                // Fields made of the others are compared themselves.
                foreach (string parameter in CapturedParameters.Of(model.Declaration)) Add(model.Arguments[parameter]);
                foreach (KeyValuePair<string, object?> field in model.Fields.OrderBy(f => f.Key,
                    StringComparer.Ordinal))
                {
                    text.Append(field.Key).Append('=');
                    Add(field.Value);
                }
                break;
            case LambdaValue lambda:
                text.Append(lambda.Captured.Declaration.FullName).Append('#').Append(lambda.Body);
                Add(lambda.Captured.Instance);
                foreach (string name in Locals(lambda.Body, lambda.Captured).Except(lambda.Parameters)) Add(
                    lambda.Captured[name]);
                break;
            case TupleValue tuple:
                foreach (object? item in tuple.Items) Add(item);
                break;
            case PickedLayer picked:
                text.Append(picked.Scope.Part).Append('.').Append(picked.Layer).Append('.');
                Add(picked.Element);
                break;
            case CollectedTensors or Frame or Recorder:
                isUnique = true;
                break;
            case Delegate call:
                text.Append(call.Method.DeclaringType).Append(call.Method);
                Add(call.Target);
                break;
            case Array array:
                if (Operators.StackOf(array) is { } stack)
                    foreach (LayerGroup group in stack.Groups) text.Append(group.Period).Append('x')
                        .Append(group.Repeats).Append(' ');
                foreach (object? item in array) Add(item);
                break;
            case IEnumerable items:
                text.Append(value.GetType());
                foreach (object? item in items) Add(item);
                break;
            default:
                text.Append(value.GetType());
                foreach (FieldInfo field in ParameterNames.Fields(value.GetType())) Add(field.GetValue(value));
                break;
        }
        text.Append('}');
    }

    /// <summary>
    /// A parameter of its own by what it is, anything from outside by which it is. What a layer computes when it is
    /// made is not stacked, so such a layer stays alone.
    /// </summary>
    void Add(Value value)
    {
        if (value.Id < firstOfAll)
        {
            text.Append('@').Append(value.Id);
            return;
        }
        isUnique |= value.Id < firstOwn || value.Initializer is null;
        if (seen.TryGetValue(value, out int before))
        {
            text.Append('^').Append(before);
            return;
        }
        seen.Add(value, seen.Count);
        text.Append(value.Shape);
        if (value.Initializer is not { } initializer) return;
        text.Append(initializer.Distribution).Append(initializer.Scale.ToString("R", CultureInfo.InvariantCulture));
    }

    static IEnumerable<string> Locals(int index, Frame frame) => frame.Declaration.Within(index).Select(frame.Node)
        .Where(n => n.Kind == NodeKind.Local && frame.Holder(n.Name) is not null).Select(n => n.Name).Distinct();
}
