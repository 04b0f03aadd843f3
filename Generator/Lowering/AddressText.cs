using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>Addresses as C# over the generated offset constants and loop indices.</summary>
sealed class AddressText(MemoryPlan plan, string buffers)
{
    /// <summary>The address of a value's first element; of a view, of what it shows.</summary>
    public string Of(Value value)
    {
        Strided strided = Strided.Of(value) ?? throw new System.InvalidOperationException($"{value} cannot be read in place.");
        string address = Of(plan.AddressOf(strided.Base), strided.Base.Type);
        return strided.Offset == 0 ? address : $"{address} + {Length(strided.Offset)}";
    }

    public string Of(Address address, ElementType type)
    {
        Buffer buffer = address.Buffer;
        string start = buffer.Kind switch
        {
            BufferKind.Arena => $"Activations + {buffers}.{buffer.Name}",
            BufferKind.Parameter => $"Parameters + Offsets.{buffer.Name}",
            BufferKind.Gradient => $"Gradients + Offsets.{buffer.Name}",
            _ => Infrastructure.CSharpLiteral.Identifier(buffer.Name),
        };
        string terms = string.Concat(address.Terms.Select(t => t.Loop is null
            ? $" + {t.Place} * {Length(t.Stride)}"
            : $" + (nint){t.Loop.Index} * {Length(t.Stride)}"));
        bool isCast = type == ElementType.Int32 && buffer.Kind == BufferKind.Arena;
        return isCast ? $"(int*)({start}{terms})" : start + terms;
    }

    public static string Length(Dim dim)
    {
        string text = dim.ToString();
        return text.Contains(' ') ? $"({text})" : text;
    }
}
