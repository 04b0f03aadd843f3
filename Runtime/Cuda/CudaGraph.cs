using System;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Work that was recorded from a stream, to be launched as a whole.</summary>
/// <example><code>
/// stream.BeginCapture();
/// Step(stream);
/// using CudaGraph graph = stream.EndCapture();
/// using CudaGraphExec step = graph.Instantiate();
/// step.Launch(stream);
/// </code></example>
public sealed unsafe class CudaGraph : IDisposable
{
    readonly CudaResource resource;
    readonly CudaContext context;

    internal CudaGraph(CudaContext context, nint graph)
    {
        this.context = context;
        resource = new CudaResource(context.Resource, graph, &Destroy);
    }

    /// <summary>The driver's handle, a CUgraph.</summary>
    /// <exception cref="ObjectDisposedException">The graph has been disposed.</exception>
    public nint Handle => resource.Of(this);

    /// <summary>How many kernels, copies and fills it has.</summary>
    public int NodeCount
    {
        get
        {
            nuint count;
            CudaCheck.Success(Driver.cuGraphGetNodes(Enter(), null, &count), nameof(Driver.cuGraphGetNodes),
                "counting a graph's nodes", this);
            return (int)count;
        }
    }

    /// <summary>Handles of all nodes (CUgraphNode), in the order of the driver.</summary>
    public nint[] GetNodes()
    {
        var nodes = new nint[NodeCount];
        nuint count = (nuint)nodes.Length;
        fixed (nint* first = nodes)
        {
            CudaCheck.Success(Driver.cuGraphGetNodes(Handle, first, &count), nameof(Driver.cuGraphGetNodes),
                "listing a graph's nodes", this);
        }
        return nodes;
    }

    /// <summary>On how many threads the kernel of a node runs; false if it is no kernel.</summary>
    /// <param name="node">Of <see cref="GetNodes"/>.</param>
    /// <param name="shape">As it was launched.</param>
    public bool TryGetKernelShape(nint node, out CudaLaunchShape shape)
    {
        _ = Enter();
        KernelNodeParameters parameters = default;
        CudaResult result = Driver.cuGraphKernelNodeGetParams_v2(node, &parameters);
        shape = default;
        if (result == CudaResult.InvalidValue) return false;
        CudaCheck.Success(result, nameof(Driver.cuGraphKernelNodeGetParams_v2), "reading a graph's node", this);
        shape = new((int)parameters.GridX, (int)parameters.GridY, (int)parameters.GridZ, (int)parameters.BlockX,
            (int)parameters.BlockY, (int)parameters.BlockZ, (int)parameters.SharedBytes);
        return true;
    }

    /// <summary>Makes it ready to be launched. It can be disposed of then.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaGraphExec Instantiate()
    {
        nint executable;
        CudaCheck.Success(Driver.cuGraphInstantiateWithFlags(&executable, Enter(), 0),
            nameof(Driver.cuGraphInstantiateWithFlags), "making a graph ready", this);
        return new CudaGraphExec(context, executable);
    }

    /// <summary>Writes the graph as text of Graphviz.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CudaException">The file cannot be written.</exception>
    public void DebugDotPrint(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        const uint Verbose = 1;     // CU_GRAPH_DEBUG_DOT_FLAGS_VERBOSE
        fixed (byte* text = Utf8.Bytes(path))
        {
            CudaCheck.Success(Driver.cuGraphDebugDotPrint(Enter(), text, Verbose),
                nameof(Driver.cuGraphDebugDotPrint), "writing a graph to", path);
        }
        GC.KeepAlive(this);
    }

    /// <summary>Gives the graph back; again is harmless.</summary>
    public void Dispose() => resource.Dispose();

    nint Enter()
    {
        nint handle = Handle;
        context.MakeCurrent();
        return handle;
    }

    static void Destroy(nint graph, nint argument) => _ = Driver.cuGraphDestroy(graph);
}
