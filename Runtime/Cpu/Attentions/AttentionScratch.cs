using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Cpu.Attentions;

/// <summary>
/// A thread's memory for one head of attention: grows to what the largest head needed, freed after its end.
/// </summary>
sealed unsafe class AttentionScratch
{
    readonly GrowingMemory memory = new(), shared = new();

    /// <summary>The work whose keys and values are packed here.</summary>
    public long Work { get; set; }

    /// <summary>The head they belong to.</summary>
    public int Head { get; set; }

    /// <summary>Whether all of them are finite numbers.</summary>
    public bool IsFinite { get; set; }

    /// <summary>The first element; lines of the cache begin there.</summary>
    public float* Start { get; private set; }

    /// <summary>The calling thread's memory for what its work's items leave, on whatever thread they run.</summary>
    /// <param name="elements">Floats.</param>
    public float* Shared(long elements) => shared.Reserve(elements, out _);

    /// <summary>The calling thread's memory, at least so long; what it held is lost where it grows.</summary>
    /// <param name="elements">Floats.</param>
    public static AttentionScratch OfThread(long elements)
    {
        AttentionScratch scratch = PackingBuffers.OfThread.Attention;
        scratch.Start = scratch.memory.Reserve(elements, out bool hasGrown);
        if (hasGrown) scratch.Work = 0;
        return scratch;
    }
}
