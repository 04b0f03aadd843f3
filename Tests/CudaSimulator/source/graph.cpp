// Instantiating, launching and changing graphs.
#include "graph.h"
#include <algorithm>
#include <cstdio>
#include <map>
#include "capture.h"
#include "config.h"
#include "launch.h"

namespace mcsim {
namespace {

Handles<Graph, CUgraph, 3>& graphs() {
    static Handles<Graph, CUgraph, 3> table;
    return table;
}

Handles<GraphExec, CUgraphExec, 4>& execs() {
    static Handles<GraphExec, CUgraphExec, 4> table;
    return table;
}

Handles<Node, CUgraphNode, 5>& nodes() {
    static Handles<Node, CUgraphNode, 5> table;
    return table;
}

Random& graphNumbers() {
    static Random numbers(3);
    return numbers;
}

CUresult noGraph(const char* function, const void* handle) {
    return rejected(CUDA_ERROR_INVALID_HANDLE,
                    format("%s: %p is no graph, node or executable graph", function, handle));
}

std::shared_ptr<GraphExec> instantiate(const Graph& graph) {
    auto exec = std::make_shared<GraphExec>();
    std::map<Node*, NodePtr> copies;
    for (const NodePtr& node : graph.nodes) {
        auto copy = std::make_shared<Node>();
        copy->work = node->work;
        if (node->work.launch) copy->work.launch = std::make_shared<Launch>(*node->work.launch);
        for (const NodePtr& earlier : node->after) copy->after.push_back(copies[earlier.get()]);
        copies[node.get()] = copy;
        exec->nodes.push_back(copy);
        exec->origins.push_back(node->handle);
    }
    return exec;
}

/// An order in which the nodes may run: as recorded, or any other that their dependencies allow.
std::vector<NodePtr> executionOrder(const GraphExec& exec) {
    if (config().streams != StreamMode::Random) return exec.nodes;
    std::vector<NodePtr> order, left = exec.nodes;
    std::map<Node*, bool> done;
    while (!left.empty()) {
        std::vector<size_t> ready;
        for (size_t i = 0; i < left.size(); i++)
            if (std::all_of(left[i]->after.begin(), left[i]->after.end(),
                            [&](const NodePtr& n) { return done[n.get()]; }))
                ready.push_back(i);
        size_t chosen = ready[graphNumbers().below(unsigned(ready.size()))];
        done[left[chosen].get()] = true;
        order.push_back(left[chosen]);
        left.erase(left.begin() + long(chosen));
    }
    return order;
}

/// Null if `changed` has the same shape as the executable graph, else the first node that differs.
Node* firstDifference(const GraphExec& exec, const Graph& changed) {
    std::map<Node*, size_t> positions, newPositions;
    for (size_t i = 0; i < exec.nodes.size(); i++) positions[exec.nodes[i].get()] = i;
    for (size_t i = 0; i < changed.nodes.size(); i++) {
        Node& node = *changed.nodes[i];
        newPositions[&node] = i;
        if (i >= exec.nodes.size()) return &node;
        const Node& old = *exec.nodes[i];
        if (old.work.type != node.work.type || old.after.size() != node.after.size()) return &node;
        for (size_t d = 0; d < node.after.size(); d++)
            if (positions[old.after[d].get()] != newPositions[node.after[d].get()]) return &node;
    }
    return nullptr;
}

std::string quoted(const Node& node) {
    return format("\"%s\"", node.work.name.c_str());
}

}

CUgraph addGraph(const std::shared_ptr<Graph>& graph) { return graphs().add(graph); }

void addNode(Graph& graph, const NodePtr& node) {
    node->handle = nodes().add(node);
    graph.nodes.push_back(node);
}

size_t graphCount() { return graphs().count(); }
size_t graphExecCount() { return execs().count(); }

void dropGraphs() {
    graphs().clear();
    execs().clear();
    nodes().clear();
}

}

using namespace mcsim;

MCSIM_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph handle, unsigned long long) {
    DRIVER_CALL(cuGraphInstantiateWithFlags, Context);
    std::shared_ptr<Graph> graph = graphs().find(handle);
    if (!graph) return noGraph("cuGraphInstantiate", handle);
    if (!exec) return CUDA_ERROR_INVALID_VALUE;
    *exec = execs().add(instantiate(*graph));
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphUpload(CUgraphExec handle, CUstream stream) {
    DRIVER_CALL(cuGraphUpload, Context);
    if (!execs().find(handle)) return noGraph("cuGraphUpload", handle);
    return findStream(stream) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

MCSIM_API CUresult cuGraphLaunch(CUgraphExec handle, CUstream streamHandle) {
    DRIVER_CALL(cuGraphLaunch, Context);
    std::shared_ptr<GraphExec> exec = execs().find(handle);
    if (!exec) return noGraph("cuGraphLaunch", handle);
    std::shared_ptr<Stream> stream = findStream(streamHandle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) return captureViolation(*stream, "cuGraphLaunch (child graphs are not simulated)");
    if (CUresult code = implicitCaptureViolation(*stream)) return code;
    traceDetail(format("%zu nodes", exec->nodes.size()));
    // An executable graph does not overlap with itself.
    std::vector<OperationPtr> after;
    if (exec->lastLaunch && !exec->lastLaunch->done) after.push_back(exec->lastLaunch);
    for (const NodePtr& node : executionOrder(*exec)) {
        Work work = node->work;
        // What the graph is changed to later must not change this launch.
        if (work.launch) work.launch = std::make_shared<Launch>(*work.launch);
        exec->lastLaunch = append(stream, std::move(work), std::move(after));
        after.clear();
    }
    return config().streams == StreamMode::Immediate ? stickyError() : CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphExecUpdate_v2(CUgraphExec handle, CUgraph graphHandle, CUgraphExecUpdateResultInfo* result) {
    DRIVER_CALL(cuGraphExecUpdate_v2, Context);
    std::shared_ptr<GraphExec> exec = execs().find(handle);
    std::shared_ptr<Graph> graph = graphs().find(graphHandle);
    if (!exec || !graph) return noGraph("cuGraphExecUpdate", exec ? (void*)graphHandle : (void*)handle);
    Node* difference = firstDifference(*exec, *graph);
    constexpr int success = 0, topologyChanged = 2;
    bool fits = !difference && exec->nodes.size() == graph->nodes.size();
    if (result) *result = { fits ? success : topologyChanged, difference ? difference->handle : nullptr, nullptr };
    if (!fits) return CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE;
    OperationPtr last = exec->lastLaunch;
    *exec = *instantiate(*graph);
    exec->lastLaunch = last;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphGetNodes(CUgraph handle, CUgraphNode* list, size_t* count) {
    DRIVER_CALL(cuGraphGetNodes, Init);
    std::shared_ptr<Graph> graph = graphs().find(handle);
    if (!graph) return noGraph("cuGraphGetNodes", handle);
    if (!count) return CUDA_ERROR_INVALID_VALUE;
    if (list) {
        for (size_t i = 0; i < *count; i++) list[i] = i < graph->nodes.size() ? graph->nodes[i]->handle : nullptr;
        *count = std::min(*count, graph->nodes.size());
    } else {
        *count = graph->nodes.size();
    }
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphNodeGetType(CUgraphNode handle, int* type) {
    DRIVER_CALL(cuGraphNodeGetType, Init);
    std::shared_ptr<Node> node = nodes().find(handle);
    if (!node) return noGraph("cuGraphNodeGetType", handle);
    if (!type) return CUDA_ERROR_INVALID_VALUE;
    *type = node->work.type;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode handle, CUDA_KERNEL_NODE_PARAMS* parameters) {
    DRIVER_CALL(cuGraphKernelNodeGetParams_v2, Init);
    std::shared_ptr<Node> node = nodes().find(handle);
    if (!node) return noGraph("cuGraphKernelNodeGetParams", handle);
    // A library's product is a kernel node whose function the library keeps to itself.
    if (!parameters || !node->work.launch) return CUDA_ERROR_INVALID_VALUE;
    Launch& l = *node->work.launch;
    node->parameterAddresses.clear();
    for (size_t offset : l.offsets) node->parameterAddresses.push_back(l.values.data() + offset);
    *parameters = { handleOf(l.function), l.grid.x, l.grid.y, l.grid.z, l.block.x, l.block.y, l.block.z, l.dynamicBytes,
                    node->parameterAddresses.data(), nullptr, nullptr, nullptr };
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec handle, CUgraphNode nodeHandle,
                                                     const CUDA_KERNEL_NODE_PARAMS* p) {
    DRIVER_CALL(cuGraphExecKernelNodeSetParams_v2, Context);
    std::shared_ptr<GraphExec> exec = execs().find(handle);
    if (!exec) return noGraph("cuGraphExecKernelNodeSetParams", handle);
    auto position = std::find(exec->origins.begin(), exec->origins.end(), nodeHandle);
    if (!p || position == exec->origins.end()) return CUDA_ERROR_INVALID_VALUE;
    Node& node = *exec->nodes[size_t(position - exec->origins.begin())];
    if (!node.work.launch) return CUDA_ERROR_INVALID_VALUE;
    std::shared_ptr<Launch> launch;
    LaunchShape shape{ { p->gridDimX, p->gridDimY, p->gridDimZ }, { p->blockDimX, p->blockDimY, p->blockDimZ },
                       p->sharedMemBytes, node.work.launch->cooperative };
    if (CUresult code = makeLaunch(findFunction(p->func), shape, p->kernelParams, p->extra, launch)) return code;
    node.work.launch = launch;
    node.work.name = launch->function->name;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGraphDebugDotPrint(CUgraph handle, const char* path, unsigned) {
    DRIVER_CALL(cuGraphDebugDotPrint, Init);
    std::shared_ptr<Graph> graph = graphs().find(handle);
    if (!graph) return noGraph("cuGraphDebugDotPrint", handle);
    FILE* file = path ? std::fopen(path, "w") : nullptr;
    if (!file) return CUDA_ERROR_INVALID_VALUE;
    std::map<Node*, size_t> numbers;
    std::fprintf(file, "digraph dot {\n");
    for (size_t i = 0; i < graph->nodes.size(); i++) {
        const NodePtr& node = graph->nodes[i];
        numbers[node.get()] = i;
        std::fprintf(file, "    node%zu [label=%s];\n", i, quoted(*node).c_str());
        for (const NodePtr& earlier : node->after)
            std::fprintf(file, "    node%zu -> node%zu;\n", numbers[earlier.get()], i);
    }
    std::fprintf(file, "}\n");
    return std::fclose(file) == 0 ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

MCSIM_API CUresult cuGraphExecDestroy(CUgraphExec handle) {
    DRIVER_CALL(cuGraphExecDestroy, Init);
    return execs().remove(handle) ? CUDA_SUCCESS : noGraph("cuGraphExecDestroy", handle);
}

MCSIM_API CUresult cuGraphDestroy(CUgraph handle) {
    DRIVER_CALL(cuGraphDestroy, Init);
    std::shared_ptr<Graph> graph = graphs().find(handle);
    if (!graph) return noGraph("cuGraphDestroy", handle);
    for (const NodePtr& node : graph->nodes) nodes().remove(node->handle);
    graphs().remove(handle);
    return CUDA_SUCCESS;
}
