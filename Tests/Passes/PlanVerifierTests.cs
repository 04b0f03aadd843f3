extern alias Compiler;
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Compiler::ModelCompiler.IR;
using Compiler::ModelCompiler.Memory;
using ModelCompiler.Tests.Harness;
using ModelCompiler.Tests.IR;
using MemoryBuffer = Compiler::ModelCompiler.Memory.Buffer;

namespace ModelCompiler.Tests.Passes;

/// <summary>Plans damaged by hand are refused, and the message says what would have been read wrong.</summary>
public sealed class PlanVerifierTests
{
    static (Graph Graph, MemoryPlan Plan) Planned(string name)
    {
        Graph graph = GraphParser.Parse(File.ReadAllText(Path.Combine(Repository.Root, "Tests", "Passes", "PlanMemory", name + ".mir")));
        MemoryPlan plan = PlanMemory.Run(graph, "result");
        PlanVerifier.Check(graph, plan);
        return (graph, plan);
    }

    static Value Named(Graph graph, string name) => graph.Root.AllValues().First(v => v.Name == name);

    static Loop FirstLoop(Graph graph) => graph.Root.AllValues().First(v => v.Is(Structure.Loop)).Loop!;

    static string Refusal(Graph graph, MemoryPlan plan) =>
        Assert.Throws<InvalidOperationException>(() => PlanVerifier.Check(graph, plan)).Message;

    [Fact]
    public void BufferOverOneThatIsStillRead_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("chain_in_place");
        MemoryBuffer kept = plan.Addresses[Named(graph, "h")].Buffer, other = plan.Addresses[Named(graph, "b")].Buffer;
        Assert.NotEqual(kept, other);
        other.Offset = kept.Offset;
        Assert.Matches(@"^After PlanMemory in chain: step \d+: k\d+ writes n4 = tanh : \[B, 20\] in B over n2 = matmul : \[B, 20\] in H, which it reads\.$", Refusal(graph, plan));
    }

    [Theory]
    [InlineData(8, "is not aligned to 16 elements")]
    [InlineData(1 << 20, "does not lie within the arena")]
    [InlineData(-16, "does not lie within the arena")]
    public void BufferAtAWrongOffset_IsRefused(long offset, string rule)
    {
        (Graph graph, MemoryPlan plan) = Planned("chain_in_place");
        plan.Buffers[0].Offset = offset;
        Assert.Contains(rule, Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void ResultOverAnOperandReadTransposed_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("transposed_read_keeps_both");
        plan.Addresses[Named(graph, "mixed")] = plan.Addresses[Named(graph, "scores")];
        Assert.Contains("in place of n1 = matmul : [N, N] in Scores, which n4 = add : [N, N] reads elsewhere than it is written", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void ResultOverARowThatIsReadAgain_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("row_read_again_after_a_write");
        plan.Addresses[Named(graph, "again")] = plan.Addresses[Named(graph, "first")];
        plan.Addresses[Named(graph, "first")] = plan.Addresses[Named(graph, "s")];
        Assert.Contains("in place of n2 = matmul : [N, N] in S, which n7 = multiply : [N, N] reads again after it is written", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void ProductOverItsOperand_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("chain_in_place");
        plan.Addresses[Named(graph, "b")] = plan.Addresses[Named(graph, "h")];
        Assert.Contains("which the product reads or is gathered in", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void TwoResultsOfOneKernelInOnePlace_AreRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("row_read_again_after_a_write");
        plan.Addresses[Named(graph, "first")] = plan.Addresses[Named(graph, "again")];
        Assert.Matches(@"k1 writes n\d = \w+ : \[N, N\] in \w+ over n\d", Refusal(graph, plan));
    }

    [Fact]
    public void SlotThatIsNotHandedOn_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("slots_in_place_and_swapped");
        List<Copy> copies = plan.Copies[FirstLoop(graph)].AtEnd;
        copies.Remove(copies.Single(c => c.From.Id == 9));
        Assert.Contains("iteration 1 of n3 reads n5 = carry : [B, 20] in Copied, where at 0 n0 = input : [B, 20] was written at step -1", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void SwapWithoutHolding_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("slots_in_place_and_swapped");
        Loop loop = FirstLoop(graph);
        List<Copy> copies = plan.Copies[loop].AtEnd;
        for (int i = 0; i < copies.Count; i++)
            if (copies[i].From.Is(Structure.Carry))
                copies[i] = copies[i] with { From = loop.Carried.First(c => c.Name == copies[i].From.Name) };
        Assert.Contains("was written at step", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void StackWithoutAPlaceForEachIteration_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("stacked_values");
        Value inner = Named(graph, "h");
        plan.Addresses[inner] = plan.Addresses[inner] with { Terms = [] };
        Assert.Contains("the end of n2 reads n8 = stacked : [3, B, 20]", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void StackShorterThanItsIterations_IsRefused()
    {
        (Graph graph, MemoryPlan plan) = Planned("stacked_values");
        Value inner = Named(graph, "h");
        Address address = plan.Addresses[inner];
        plan.Addresses[inner] = address with { Terms = [address.Terms[0] with { Stride = 2 * address.Terms[0].Stride }] };
        Assert.Contains("ends at", Refusal(graph, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void GradientThatDoesNotReachTheOptimizer_IsRefused()
    {
        Graph graph = RecordedModels.FusedLoss("OneBlockManyTimes");
        MemoryPlan plan = PlanMemory.Run(graph, null);
        (Value value, Address address) = plan.Addresses.First(a => a.Value.Buffer.Kind == BufferKind.Gradient);
        var elsewhere = new MemoryBuffer(BufferKind.Arena, "Elsewhere", value.Shape, value.Storage) { Offset = plan.ArenaLength };
        plan.Buffers.Add(elsewhere);
        plan.ArenaLength += (elsewhere.Length + 15) / 16 * 16;
        foreach (Value moved in plan.Addresses.Where(a => a.Value.Buffer == address.Buffer).Select(a => a.Key).ToList())
            plan.Addresses[moved] = plan.Addresses[moved] with { Buffer = elsewhere };
        foreach (List<Copy> copies in plan.Copies.Values.SelectMany(c => new[] { c.Before, c.AtStart, c.AtEnd }))
            for (int i = 0; i < copies.Count; i++)
                if (copies[i].To.Buffer == address.Buffer) copies[i] = copies[i] with { To = copies[i].To with { Buffer = elsewhere } };
        Assert.Contains("does not lie where the optimizer reads it", Refusal(graph, plan), StringComparison.Ordinal);
    }

    /// <summary>
    /// No pair of buffers that the planner keeps apart may overlap unseen. Slots, and what is copied into them, are left out: the planner
    /// keeps them for the whole loop, though nothing is lost between the last read of one value and the first write of the next.
    /// </summary>
    [Theory, MemberData(nameof(RecordedModels.All), MemberType = typeof(RecordedModels))]
    public void AnyTwoBuffersAliveAtOnce_MayNotOverlap(string model)
    {
        Graph graph = RecordedModels.FusedLoss(model);
        MemoryPlan plan = PlanMemory.Run(graph, null);
        PlanVerifier.Check(graph, plan);
        IEnumerable<Copy> copies = plan.Copies.Values.SelectMany(c => c.Before.Concat(c.AtStart).Concat(c.AtEnd));
        HashSet<MemoryBuffer> slots = [.. copies.Select(c => c.To.Buffer), .. copies.Select(c => plan.AddressOf(c.From).Buffer),
            .. plan.Addresses.Where(a => a.Key.Is(Structure.Carry)).Select(a => a.Value.Buffer)];
        MemoryBuffer[] buffers = [.. plan.Buffers.Where(b => !slots.Contains(b))];
        (MemoryBuffer, MemoryBuffer)[] pairs = [.. from a in buffers from b in buffers
            where a != b && a.Start <= b.End && b.Start <= a.End && b.Length <= a.Length select (a, b)];
        // Of a large model some, spread over all: a check of every pair says no more and takes long.
        int step = Math.Max(1, pairs.Length / 100);
        var unseen = new List<string>();
        foreach ((MemoryBuffer a, MemoryBuffer b) in pairs.Where((_, i) => i % step == 0))
        {
            long offset = b.Offset;
            b.Offset = a.Offset;
            if (Record.Exception(() => PlanVerifier.Check(graph, plan)) is not InvalidOperationException) unseen.Add($"{b.Name} over {a.Name}");
            b.Offset = offset;
        }
        Assert.NotEmpty(pairs);
        Assert.Empty(unseen);
    }
}
