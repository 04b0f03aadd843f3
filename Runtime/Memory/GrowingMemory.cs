using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Memory;

/// <summary>Memory that grows to what was needed most and stays: a kernel's room to work in, one for each thread.
/// </summary>
sealed unsafe class GrowingMemory
{
    float* start;
    long length;

    ~GrowingMemory() => NativeMemory.AlignedFree(start);

    /// <summary>At least so many elements, of unknown content; what it held is lost where it grows.</summary>
    /// <param name="elements">Floats.</param>
    /// <param name="hasGrown">Whether it did.</param>
    /// <returns>The first element; lines of the cache begin there.</returns>
    public float* Reserve(long elements, out bool hasGrown)
    {
        hasGrown = length < elements;
        if (!hasGrown) return start;
        NativeMemory.AlignedFree(start);
        start = null;
        length = 0;
        start = (float*)HugePages.Allocate(checked((nuint)elements * sizeof(float)));
        length = elements;
        return start;
    }
}
