using System;
using System.Runtime.InteropServices;
using ModelCompiler.Runtime.Cpu.Attentions;
using ModelCompiler.Runtime.Memory;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>A thread's memory for packed operands: allocated when it first multiplies, freed after its end.</summary>
sealed unsafe class PackingBuffers
{
    /// <summary>Elements of <see cref="A"/>: a block of rows, 216 KiB, which stays in a second-level cache.</summary>
    public const int CapacityA = GemmBlocking.Rows * GemmBlocking.Depth;

    /// <summary>Elements of <see cref="B"/>: 4 MiB, of which only the pages that a product needs are touched.</summary>
    public const int CapacityB = 1 << 20;

    /// <summary>Elements of <see cref="C"/>: a block of rows of a chunk of columns, 288 KiB.</summary>
    public const int CapacityC = GemmBlocking.Rows * GemmBlocking.ChunkColumns;

    /// <summary>
    /// Elements of <see cref="Staging"/>: 4 MiB, of which only what a convolution needs is ever touched.
    /// </summary>
    public const int CapacityStaging = 1 << 20;

    [ThreadStatic] static PackingBuffers? ofThread;

    // A and C share a page of 2 MiB
    const int All = CapacityA + CapacityC + CapacityB + CapacityStaging;

    PackingBuffers()
    {
        A = (float*)HugePages.Allocate((nuint)All * sizeof(float));
        C = A + CapacityA;
        B = C + CapacityC;
        Staging = B + CapacityB;
    }

    ~PackingBuffers() => NativeMemory.AlignedFree(A);

    /// <summary>The calling thread's buffers.</summary>
    public static PackingBuffers OfThread => ofThread ??= new PackingBuffers();

    /// <summary>[micro-panel of rows][k][rows of a tile]</summary>
    public float* A { get; }

    /// <summary>[block of k][panel of columns][k][columns of a tile]</summary>
    public float* B { get; }

    /// <summary>
    /// [rows of a block][columns of a chunk]: sums of a convolution, before they are stored, and of a product whose
    /// result is stored in fewer bits.
    /// </summary>
    public float* C { get; }

    /// <summary>Parts of images with zeros around them.</summary>
    public float* Staging { get; }

    /// <summary>Transformed weights of convolutions, for the thread that calls them.</summary>
    public GrowingMemory Weights { get; } = new();

    /// <summary>Room for heads of attention.</summary>
    public AttentionScratch Attention { get; } = new();

    /// <summary>The product whose operand is in <see cref="B"/>.</summary>
    public long Product { get; set; }

    /// <summary>The first element of the columns that are in <see cref="B"/>.</summary>
    public byte* Columns { get; set; }

    /// <summary>The column of C that they make first: distinct where the columns of B are all the same.</summary>
    public int Column { get; set; }
}
