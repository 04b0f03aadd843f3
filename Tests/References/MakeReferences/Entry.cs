using System;
using System.Linq;

namespace ModelCompiler.Tests.References.MakeReferences;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Unique within the file.</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Values">Row-major <c>float[]</c> or <c>int[]</c>, as many as the shape holds.</param>
sealed record Entry(string Name, long[] Shape, Array Values)
{
    /// <summary>The format's name of the element type.</summary>
    public string Type => Values switch
    {
        float[] => "F32",
        int[] => "I32",
        _ => throw new ArgumentException(
            $"{Name}: values are {Values.GetType().Name}; expected float[] or int[]. Convert them first"),
    };

    /// <summary>Bytes of the values.</summary>
    public int Length => Buffer.ByteLength(Values);

    /// <summary>Whether name, type, shape and every bit of the values agree.</summary>
    /// <param name="other">The entry to compare with.</param>
    public bool SameAs(Entry other)
    {
        if (Name != other.Name || Type != other.Type || !Shape.SequenceEqual(other.Shape) || Length != other.Length) return false;
        for (int i = 0; i < Length; i++)
            if (Buffer.GetByte(Values, i) != Buffer.GetByte(other.Values, i)) return false;
        return true;
    }
}
